/** Releases of Kubernetes, by the number after `1.`, that Sluice is made for: those that the project supports, and one more. */
export const OLDEST_RELEASE = 34;
export const NEWEST_RELEASE = 37;

/**
 * Since which release of Kubernetes 1 an API server serves each of its kinds that Sluice calls or is installed with, in the
 * version that we use; by `apiVersion kind`. Source: the changelogs of Kubernetes, and its guide to deprecated APIs.
 */
export const SERVED_SINCE: Readonly<Record<string, number>> = {
  'v1 ConfigMap': 2,
  'v1 Event': 0,
  'v1 Namespace': 0,
  'v1 Node': 0,
  'v1 PersistentVolume': 0,
  'v1 PersistentVolumeClaim': 0,
  'v1 Pod': 0,
  'v1 ReplicationController': 0,
  'v1 ResourceQuota': 0,
  'v1 Secret': 0,
  'v1 Service': 0,
  'v1 ServiceAccount': 0,
  'admissionregistration.k8s.io/v1 MutatingWebhookConfiguration': 16,
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy': 30,
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding': 30,
  'admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration': 16,
  'apiextensions.k8s.io/v1 CustomResourceDefinition': 16,
  'apps/v1 DaemonSet': 9,
  'apps/v1 Deployment': 9,
  'apps/v1 ReplicaSet': 9,
  'apps/v1 StatefulSet': 9,
  'authentication.k8s.io/v1 SelfSubjectReview': 28,
  'authorization.k8s.io/v1 SelfSubjectAccessReview': 6,
  'authorization.k8s.io/v1 SubjectAccessReview': 6,
  'batch/v1 CronJob': 21,
  'batch/v1 Job': 2,
  'coordination.k8s.io/v1 Lease': 14,
  'discovery.k8s.io/v1 EndpointSlice': 21,
  'flowcontrol.apiserver.k8s.io/v1 FlowSchema': 29,
  'flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration': 29,
  'networking.k8s.io/v1 NetworkPolicy': 7,
  'node.k8s.io/v1 RuntimeClass': 20,
  'policy/v1 PodDisruptionBudget': 21,
  'rbac.authorization.k8s.io/v1 ClusterRole': 8,
  'rbac.authorization.k8s.io/v1 ClusterRoleBinding': 8,
  'rbac.authorization.k8s.io/v1 Role': 8,
  'rbac.authorization.k8s.io/v1 RoleBinding': 8,
  'scheduling.k8s.io/v1 PriorityClass': 14,
  'storage.k8s.io/v1 CSIDriver': 18,
  'storage.k8s.io/v1 CSINode': 17,
  'storage.k8s.io/v1 CSIStorageCapacity': 24,
  'storage.k8s.io/v1 StorageClass': 6,
};

/** The `group/version` of all of them; the core group has none. */
export const NEEDED_GROUP_VERSIONS: readonly string[] = [
  ...new Set(Object.keys(SERVED_SINCE).map((key) => key.slice(0, key.indexOf(' ')))),
].filter((groupVersion) => groupVersion.includes('/'));
