/** Where a kind lives in the API: enough to build its path. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

function resource(group: string, version: string, plural: string, kind: string, namespaced: boolean): ResourceType {
  return Object.freeze({ group, version, plural, kind, namespaced });
}

export const PODS = resource('', 'v1', 'pods', 'Pod', true);
export const BINDINGS = resource('', 'v1', 'bindings', 'Binding', true);
export const NODES = resource('', 'v1', 'nodes', 'Node', false);
export const NAMESPACES = resource('', 'v1', 'namespaces', 'Namespace', false);
export const CLUSTER_ROLES = resource('rbac.authorization.k8s.io', 'v1', 'clusterroles', 'ClusterRole', false);
export const CLUSTER_ROLE_BINDINGS = resource(
  'rbac.authorization.k8s.io',
  'v1',
  'clusterrolebindings',
  'ClusterRoleBinding',
  false,
);
export const CONFIG_MAPS = resource('', 'v1', 'configmaps', 'ConfigMap', true);
export const SECRETS = resource('', 'v1', 'secrets', 'Secret', true);
export const SERVICES = resource('', 'v1', 'services', 'Service', true);
export const NETWORK_POLICIES = resource('networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy', true);
export const DEPLOYMENTS = resource('apps', 'v1', 'deployments', 'Deployment', true);
export const STATEFUL_SETS = resource('apps', 'v1', 'statefulsets', 'StatefulSet', true);
export const DAEMON_SETS = resource('apps', 'v1', 'daemonsets', 'DaemonSet', true);
export const REPLICA_SETS = resource('apps', 'v1', 'replicasets', 'ReplicaSet', true);
export const REPLICATION_CONTROLLERS = resource('', 'v1', 'replicationcontrollers', 'ReplicationController', true);
export const CRON_JOBS = resource('batch', 'v1', 'cronjobs', 'CronJob', true);
export const JOBS = resource('batch', 'v1', 'jobs', 'Job', true);
export const EVENTS = resource('events.k8s.io', 'v1', 'events', 'Event', true);
/** The same objects in their older form, which alone lets writers say the times and the count that most readers look at. */
export const CORE_EVENTS = resource('', 'v1', 'events', 'Event', true);
export const ENDPOINT_SLICES = resource('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice', true);
export const LEASES = resource('coordination.k8s.io', 'v1', 'leases', 'Lease', true);
export const PRIORITY_CLASSES = resource('scheduling.k8s.io', 'v1', 'priorityclasses', 'PriorityClass', false);
export const DISRUPTION_BUDGETS = resource('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget', true);
export const RESOURCE_QUOTAS = resource('', 'v1', 'resourcequotas', 'ResourceQuota', true);
export const RUNTIME_CLASSES = resource('node.k8s.io', 'v1', 'runtimeclasses', 'RuntimeClass', false);
export const VOLUME_CLAIMS = resource('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim', true);
export const VOLUMES = resource('', 'v1', 'persistentvolumes', 'PersistentVolume', false);
export const STORAGE_CLASSES = resource('storage.k8s.io', 'v1', 'storageclasses', 'StorageClass', false);
export const CSI_NODES = resource('storage.k8s.io', 'v1', 'csinodes', 'CSINode', false);
export const CSI_DRIVERS = resource('storage.k8s.io', 'v1', 'csidrivers', 'CSIDriver', false);
export const STORAGE_CAPACITIES = resource('storage.k8s.io', 'v1', 'csistoragecapacities', 'CSIStorageCapacity', true);
export const RESOURCE_SLICES = resource('resource.k8s.io', 'v1', 'resourceslices', 'ResourceSlice', false);
export const DEVICE_CLASSES = resource('resource.k8s.io', 'v1', 'deviceclasses', 'DeviceClass', false);
export const RESOURCE_CLAIMS = resource('resource.k8s.io', 'v1', 'resourceclaims', 'ResourceClaim', true);
export const CLAIM_TEMPLATES = resource(
  'resource.k8s.io',
  'v1',
  'resourceclaimtemplates',
  'ResourceClaimTemplate',
  true,
);
export const DEVICE_TAINT_RULES = resource('resource.k8s.io', 'v1', 'devicetaintrules', 'DeviceTaintRule', false);
export const POD_GROUPS = resource('scheduling.volcano.sh', 'v1beta1', 'podgroups', 'PodGroup', true);
export const QUEUES = resource('scheduling.volcano.sh', 'v1beta1', 'queues', 'Queue', false);
export const DATASETS = resource('sluice.dev', 'v1alpha1', 'datasets', 'Dataset', true);
export const WORKLOAD_KINDS = resource('sluice.dev', 'v1alpha1', 'workloadkinds', 'WorkloadKind', false);
export const WORKLOAD_POLICIES = resource('sluice.dev', 'v1alpha1', 'workloadpolicies', 'WorkloadPolicy', false);
export const NAMESPACED_WORKLOAD_POLICIES = resource(
  'sluice.dev',
  'v1alpha1',
  'namespacedworkloadpolicies',
  'NamespacedWorkloadPolicy',
  true,
);
export const VCJOBS = resource('batch.volcano.sh', 'v1alpha1', 'jobs', 'Job', true);
export const CRON_VCJOBS = resource('batch.volcano.sh', 'v1alpha1', 'cronjobs', 'CronJob', true);
export const HYPER_NODES = resource('topology.volcano.sh', 'v1alpha1', 'hypernodes', 'HyperNode', false);
export const NUMATOPOLOGIES = resource('nodeinfo.volcano.sh', 'v1alpha1', 'numatopologies', 'Numatopology', false);
export const NODE_SHARDS = resource('shard.volcano.sh', 'v1alpha1', 'nodeshards', 'NodeShard', false);
export const COLOCATION_CONFIGURATIONS = resource(
  'config.volcano.sh',
  'v1alpha1',
  'colocationconfigurations',
  'ColocationConfiguration',
  true,
);
export const COMMANDS = resource('bus.volcano.sh', 'v1alpha1', 'commands', 'Command', true);
export const JOBFLOWS = resource('flow.volcano.sh', 'v1alpha1', 'jobflows', 'JobFlow', true);
export const JOBTEMPLATES = resource('flow.volcano.sh', 'v1alpha1', 'jobtemplates', 'JobTemplate', true);
export const CRDS = resource(
  'apiextensions.k8s.io',
  'v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
  false,
);
/** The newest version first: which one is served hangs on the release. */
export const MUTATING_POLICY_BINDINGS = ['v1', 'v1beta1'].map((version) =>
  resource(
    'admissionregistration.k8s.io',
    version,
    'mutatingadmissionpolicybindings',
    'MutatingAdmissionPolicyBinding',
    false,
  ),
);
export const VALIDATING_POLICY_BINDINGS = resource(
  'admissionregistration.k8s.io',
  'v1',
  'validatingadmissionpolicybindings',
  'ValidatingAdmissionPolicyBinding',
  false,
);
export const MUTATING_WEBHOOKS = resource(
  'admissionregistration.k8s.io',
  'v1',
  'mutatingwebhookconfigurations',
  'MutatingWebhookConfiguration',
  false,
);
export const VALIDATING_WEBHOOKS = resource(
  'admissionregistration.k8s.io',
  'v1',
  'validatingwebhookconfigurations',
  'ValidatingWebhookConfiguration',
  false,
);
export const ACCESS_REVIEWS = resource(
  'authorization.k8s.io',
  'v1',
  'selfsubjectaccessreviews',
  'SelfSubjectAccessReview',
  false,
);
export const CERTIFICATES = resource('cert-manager.io', 'v1', 'certificates', 'Certificate', true);
export const CERTIFICATE_REQUESTS = resource(
  'cert-manager.io',
  'v1',
  'certificaterequests',
  'CertificateRequest',
  true,
);
export const ISSUERS = resource('cert-manager.io', 'v1', 'issuers', 'Issuer', true);
export const CLUSTER_ISSUERS = resource('cert-manager.io', 'v1', 'clusterissuers', 'ClusterIssuer', false);
export const SELF_REVIEWS = resource('authentication.k8s.io', 'v1', 'selfsubjectreviews', 'SelfSubjectReview', false);

export const FLOW_SCHEMAS = resource('flowcontrol.apiserver.k8s.io', 'v1', 'flowschemas', 'FlowSchema', false);
export const SUBJECT_ACCESS_REVIEWS = resource(
  'authorization.k8s.io',
  'v1',
  'subjectaccessreviews',
  'SubjectAccessReview',
  false,
);

/** `apiVersion` of a kind: `v1` or `group/version`. */
export function apiVersion(type: Pick<ResourceType, 'group' | 'version'>): string {
  return type.group === '' ? type.version : `${type.group}/${type.version}`;
}

/** `plural.group`, as CustomResourceDefinitions are named; the plural alone in the core group. */
export function qualifiedName({ plural, group }: Pick<ResourceType, 'plural' | 'group'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/** URL path of a collection or an object; segments are percent-encoded. */
export function resourcePath(type: ResourceType, namespace = '', name = '', subresource = ''): string {
  const root = type.group === '' ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const scope = type.namespaced && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const object = name === '' ? '' : `/${encodeURIComponent(name)}`;
  const sub = subresource === '' ? '' : `/${subresource}`;
  return `${root}${scope}/${type.plural}${object}${sub}`;
}
