/** Every label and annotation key that Sluice reads or writes, in one place. */

/** Namespaces with this label at the value `enabled` are intercepted. */
export const ADMISSION_LABEL = 'sluice.dev/admission';
export const ADMISSION_ENABLED = 'enabled';

/** ConfigMaps with this label at the value `enabled` hold policies. */
export const POLICIES_LABEL = 'sluice.dev/policies';
export const POLICIES_ENABLED = 'enabled';
/** On a policy that Sluice made from a ConfigMap: `namespace/name` of that one. */
export const POLICY_SOURCE_ANNOTATION = 'sluice.dev/config-map';
/** On a ConfigMap with policies: why what it says is not in force; absent when it is. */
export const POLICIES_PROBLEM_ANNOTATION = 'sluice.dev/policies-problem';

/** Pod annotation that names the pod's PodGroup; the one Volcano's scheduler reads. */
export const GROUP_NAME_ANNOTATION = 'scheduling.k8s.io/group-name';
/** Other spelling of the same, which some clients of Volcano write. */
export const VOLCANO_GROUP_NAME_ANNOTATION = 'scheduling.volcano.sh/group-name';
/** On the root object or a pod: lower bound of the gang (Volcano's automatic PodGroups read it too). */
export const GROUP_MIN_MEMBER_ANNOTATION = 'scheduling.volcano.sh/group-min-member';
/** In the same places: what all pods that start together need, a JSON object of quantities, in the place of their requests. */
export const GROUP_MIN_RESOURCES_ANNOTATION = 'scheduling.volcano.sh/group-min-resources';
/** On a pod, its template or what makes it: how near to each other in the network the pods of its group have to be, `hard` or `soft`. */
export const NETWORK_TOPOLOGY_MODE_ANNOTATION = 'volcano.sh/network-topology-mode';
/** Beside it: the highest tier that they may be spread over, a whole number. */
export const NETWORK_TOPOLOGY_TIER_ANNOTATION = 'volcano.sh/network-topology-highest-tier';
/** On a PodGroup, written by the scheduler: the HyperNode that its pods stand in. */
export const ALLOCATED_HYPER_NODE_ANNOTATION = 'volcano.sh/job-allocated-hypernode';
/** Of a pod, in the place of Volcano: `true` has it wait, behind a scheduling gate of the same name, until its queue has room. */
export const QUEUE_GATE_KEY = 'scheduling.volcano.sh/queue-allocation-gate';
/** Queue of a workload; on a Namespace: its default queue. */
export const QUEUE_NAME_ANNOTATION = 'scheduling.volcano.sh/queue-name';
/** Label with the queue's name, on roots, pods and PodGroups. */
export const QUEUE_NAME_LABEL = 'volcano.sh/queue-name';
/** Labels and annotations of the pods of a Job of Volcano: the job that they belong to, and its namespace. */
export const JOB_NAME_KEY = 'volcano.sh/job-name';
export const JOB_NAMESPACE_KEY = 'volcano.sh/job-namespace';
/** Role of a pod in its group (label and annotation). */
export const TASK_SPEC_KEY = 'volcano.sh/task-spec';
/** The rest of what a pod of a Job of Volcano says about itself, as labels and annotations. */
export const TASK_INDEX_KEY = 'volcano.sh/task-index';
export const JOB_VERSION_KEY = 'volcano.sh/job-version';
export const JOB_RETRY_KEY = 'volcano.sh/job-retry-count';
export const PARTITION_KEY = 'volcano.sh/partition-id';
/** Annotation of a pod of a Job of Volcano that its controller takes away, so that nobody takes it for evicted. */
export const OUT_OF_SYNC_ANNOTATION = 'volcano.sh/controller-out-of-sync';
/** Annotation of a pod of a Job of Volcano that was made in the place of an evicted one. */
export const REPLACES_EVICTED_ANNOTATION = 'sluice.dev/replaces-evicted';
export const JOB_TYPE_KEY = 'volcano.sh/job-type';
/** Job and task that the pod was made from, as `<job>-<task>`. */
export const TEMPLATE_UID_KEY = 'volcano.sh/template-uid';
/** Annotation of a pod: how its CPUs and devices are to be aligned on its node. Not looked at. */
export const NUMA_POLICY_ANNOTATION = 'volcano.sh/numa-topology-policy';
/** What of each NUMA node a pod is expected to get, as JSON: `{"0":{"cpu":"4"}}`. Written with the binding. */
export const TOPOLOGY_DECISION_ANNOTATION = 'volcano.sh/topology-decision';
/** Label and annotation of a Job of Volcano that a JobFlow made: `<namespace>.<name>` of the flow, and of the JobTemplate. */
export const CREATED_BY_JOBFLOW_KEY = 'volcano.sh/createdByJobFlow';
export const CREATED_BY_JOBTEMPLATE_KEY = 'volcano.sh/createdByJobTemplate';
/** Overrides the pod's priority inside its group. */
export const TASK_PRIORITY_KEY = 'volcano.sh/task-priority';
/** Label or annotation of a pod or PodGroup: `false` keeps it from being evicted for others. */
export const PREEMPTABLE_KEY = 'volcano.sh/preemptable';
/** Label or annotation of a pod: a Go duration for which it is not evicted for others once a node has it. */
export const COOLDOWN_KEY = 'volcano.sh/cooldown-time';

/** Kubernetes' own, on an object that a program made and keeps as it should be: the program. */
export const MANAGED_BY_LABEL = 'app.kubernetes.io/managed-by';
export const MANAGED_BY_SLUICE = 'sluice';

/** Label of a ClusterRole: its rights on workload kinds are added to those of Sluice. */
export const WORKLOADS_ROLE_LABEL = 'rbac.sluice.dev/aggregate-to-workloads';

/** Annotation of a Job, pod or PodGroup: how long each of its pods runs at most once a node has it, a Go duration. */
export const RUNNING_ESTIMATE_ANNOTATION = 'sluice.dev/running-estimate';

/** Label of a HyperNode that was found and not made by hand: where it was found. */
export const NETWORK_SOURCE_LABEL = 'volcano.sh/network-topology-source';
/** Label of a node: the group of nodes that it is part of. */
export const NODE_GROUP_LABEL = 'volcano.sh/nodegroup-name';
/** Annotation of a Queue: what it may hold of each node group. Not looked at. */
export const NODE_GROUP_LIMITS_ANNOTATION = 'volcano.sh/nodegroup-resource-limits';
/** Annotations of a Queue: its path in a tree that need not consist of queues (`root/science/dev`), and a weight for each part (`1/8/2`). */
export const HIERARCHY_ANNOTATION = 'volcano.sh/hierarchy';
export const HIERARCHY_WEIGHTS_ANNOTATION = 'volcano.sh/hierarchy-weights';
/** Annotation of a Queue: `true` while it is closed only because the queue above it is. */
export const CLOSED_BY_PARENT_ANNOTATION = 'volcano.sh/closed-by-parent';
/** Label of a Namespace: its weight among the namespaces whose groups are in one queue, from 1 on. */
export const NAMESPACE_WEIGHT_LABEL = 'volcano.sh/namespace.weight';
/** Annotations of a PodGroup: how long it waits at most, a Go duration; the first one that can be read counts. */
export const WAITING_TIME_KEYS: readonly string[] = ['volcano.sh/sla-waiting-time', 'sla-waiting-time'];

/** Annotation of a Job that a CronJob of Volcano made: the time of the schedule that it is for, in RFC 3339. */
export const CRON_TIME_ANNOTATION = 'volcano.sh/cronjob-scheduled-timestamp';

/** Label of a node: its revocable zone. Label or annotation of a pod: `*` lets it use the nodes of such zones. */
export const REVOCABLE_ZONE_KEY = 'volcano.sh/revocable-zone';
/** Annotations of a PodGroup: how many of its pods have to run, and how many may be missing, when pods go; numbers or percentages. */
export const MIN_AVAILABLE_ANNOTATION = 'volcano.sh/jdb-min-available';
export const MAX_UNAVAILABLE_ANNOTATION = 'volcano.sh/jdb-max-unavailable';
/** Annotations of a PodGroup: lists of roles that belong together (`ps,worker;a,b`), or apart, and the order of roles. */
export const TASK_AFFINITY_ANNOTATION = 'volcano.sh/task-topology-affinity';
export const TASK_ANTI_AFFINITY_ANNOTATION = 'volcano.sh/task-topology-anti-affinity';
export const TASK_ORDER_ANNOTATION = 'volcano.sh/task-topology-task-order';
/** On the PodGroup of a Job of Volcano: why the API server refuses pods of the job; absent while none is missing for that. */
export const PODS_REFUSED_ANNOTATION = 'sluice.dev/pods-refused';

/** What single plugins of the scheduler read on a PodGroup. */
export const HINT_ANNOTATIONS: readonly string[] = [
  MIN_AVAILABLE_ANNOTATION,
  MAX_UNAVAILABLE_ANNOTATION,
  TASK_AFFINITY_ANNOTATION,
  TASK_ANTI_AFFINITY_ANNOTATION,
  TASK_ORDER_ANNOTATION,
  PODS_REFUSED_ANNOTATION,
];

/** JSON plan of the group (see group-plan.ts), on the root object; written by the webhook, read by the controllers. */
export const GROUP_PLAN_ANNOTATION = 'sluice.dev/group-plan';
/** On a PodGroup that Sluice made, on templates of CronJobs, Deployments and the like, and on what others are made for: the user whose work it is. */
export const SUBMITTER_ANNOTATION = 'sluice.dev/submitter';
/** Beside it: that Sluice has written it for this very object. Who is not signed for counts as nobody. */
export const SUBMITTER_SIGNATURE_ANNOTATION = 'sluice.dev/submitter-signature';
/** On a PodGroup that Sluice made: which plan it was made from. */
export const GROUP_ORIGIN_ANNOTATION = 'sluice.dev/origin';
/** On the template of a task of Volcano's Job: the policies that wrote something there. */
export const INJECTED_BY_ANNOTATION = 'sluice.dev/injected-by';
/** On a Job: the lower bound of its gang that a policy gave it; written by the webhook. */
export const POLICY_MIN_MEMBER_ANNOTATION = 'sluice.dev/policy-min-member';
/** On a Spark driver: how many executors must be placed together once the driver runs. */
export const SPARK_MIN_EXECUTORS_ANNOTATION = 'sluice.dev/spark-min-executors';
/** On a Spark driver: what one executor asks for (`cpu=2,memory=4Gi`), where its configuration cannot be seen. */
export const SPARK_EXECUTOR_RESOURCES_ANNOTATION = 'sluice.dev/spark-executor-resources';
/** On a PodGroup that Sluice made: `Suspended` or `Ended` when its root is; absent while the root wants its pods. */
export const ROOT_STATE_ANNOTATION = 'sluice.dev/root-state';
/** On a PodGroup: the plan that is being bound (see bind-plan.ts); absent when none is open. */
export const BIND_PLAN_ANNOTATION = 'sluice.dev/bind-plan';
/** On a Binding and so on the pod: id of the plan that bound it. */
export const BIND_PLAN_ID_ANNOTATION = 'sluice.dev/bind-plan-id';

/** On Sluice's own Lease: where the operations port of the leader is reached, a URL or a path of the API server. */
export const OPERATIONS_ANNOTATION = 'sluice.dev/operations';
/** On Sluice's own Lease: what all nodes together had left when the leader renewed it, a resource list. */
export const FREE_ROOM_ANNOTATION = 'sluice.dev/free-room';

/** On a root or a pod: the devices that each pod wants, in words (`8 x gpu, memory >= 80Gi`). */
export const ACCELERATORS_ANNOTATION = 'sluice.dev/accelerators';
/** The short form of the same, as a label (`gpu-8-80gi`). */
export const ACCELERATOR_LABEL = 'sluice.dev/accelerator';
/** On a pod or template: what Sluice made of the wish. */
export const ACCELERATORS_APPLIED_ANNOTATION = 'sluice.dev/accelerators-applied';

/** On a template or pod: the tier of HyperNodes, by its name, that the group has to stay within. Before Volcano's annotations. */
export const NETWORK_TOPOLOGY_TIER_NAME_ANNOTATION = 'sluice.dev/network-topology-tier-name';

/** On the ResourceClaimTemplates that Sluice has made of wishes. */
export const WISHED_CLAIM_LABEL = 'sluice.dev/made-of-wish';
/** On such a template: since when no pod names it (RFC 3339). */
export const UNUSED_SINCE_ANNOTATION = 'sluice.dev/unused-since';

/** On a root or a pod: the datasets that each pod reads (`a,b!`; those with a mark must be near). */
export const DATASETS_ANNOTATION = 'sluice.dev/datasets';
/** The same for one dataset, as a label. */
export const DATASET_LABEL = 'sluice.dev/dataset';
/** On a pod or template: what Sluice made of it. */
export const DATASETS_APPLIED_ANNOTATION = 'sluice.dev/datasets-applied';
/** Begins the key of a requirement that holds on all nodes: it marks a wish that Sluice made of where a dataset lay. */
export const DATASET_TERM_PREFIX = 'dataset.sluice.dev/';
/** On a Dataset: where pods that read it run far from it, as JSON; for whoever caches it. */
export const PREFETCH_ANNOTATION = 'sluice.dev/prefetch';

/** On a pod: how full its nodes should be (`MostAllocated`), and by which resources (`{"cpu": 2}`), for the plugin resource-strategy-fit. */
export const STRATEGY_TYPE_ANNOTATION = 'volcano.sh/resource-strategy-scoring-type';
export const STRATEGY_WEIGHT_ANNOTATION = 'volcano.sh/resource-strategy-weight';

/** Annotations of a node, by the device plugin of Volcano's vGPUs: its cards, and whether the plugin has left. */
export const VGPU_REGISTER_ANNOTATION = 'volcano.sh/node-vgpu-register';
export const VGPU_HANDSHAKE_ANNOTATION = 'volcano.sh/node-vgpu-handshake';
/** Annotation of a node: indices of shared cards that are broken (`0,3`). */
export const UNHEALTHY_CARDS_ANNOTATION = 'volcano.sh/gpu-unhealthy-ids';
/** Annotations of a pod: which models of cards it takes, or does not (`A100,H100`), and how its cards have to be shared. */
export const CARD_TYPES_ANNOTATION = 'nvidia.com/use-gputype';
export const NO_CARD_TYPES_ANNOTATION = 'nvidia.com/nouse-gputype';
export const VGPU_MODE_ANNOTATION = 'volcano.sh/vgpu-mode';
/** On a Binding and so on the pod: which parts of which vGPU cards it has, and what their device plugin goes by. */
export const VGPU_IDS_ANNOTATION = 'volcano.sh/vgpu-ids-new';
export const VGPU_TO_ALLOCATE_ANNOTATION = 'volcano.sh/devices-to-allocate';
export const VGPU_NODE_ANNOTATION = 'volcano.sh/vgpu-node';
export const VGPU_TIME_ANNOTATION = 'volcano.sh/vgpu-time';
export const VGPU_BIND_TIME_ANNOTATION = 'volcano.sh/bind-time';
export const VGPU_BIND_PHASE_ANNOTATION = 'volcano.sh/bind-phase';
/** The same for shared cards: their indices, and when they were chosen. */
export const GPU_INDEX_ANNOTATION = 'volcano.sh/gpu-index';
export const PREDICATE_TIME_ANNOTATION = 'volcano.sh/predicate-time';

export const DEFAULT_QUEUE = 'default';
export const ROOT_QUEUE = 'root';
/** Scheduler name written into intercepted pods. */
export const SLUICE_SCHEDULER = 'sluice';
/** Scheduler name of work that was written for Volcano. */
export const VOLCANO_SCHEDULER = 'volcano';
/** Pods with one of these scheduler names are ours to place. */
export const SERVED_SCHEDULERS: ReadonlySet<string> = new Set([SLUICE_SCHEDULER, VOLCANO_SCHEDULER]);
/** What the API server writes when nobody chose a scheduler. */
export const KUBE_DEFAULT_SCHEDULER = 'default-scheduler';

export const SPARK_ROLE_LABEL = 'spark-role';
export const SPARK_APP_LABEL = 'spark-app-selector';

/** Kubernetes' own finalizer: a ResourceClaim stays while it has devices. */
export const DELETE_PROTECTION = 'resource.kubernetes.io/delete-protection';

/** Kubernetes' own, on a PersistentVolumeClaim: the volume controller has bound it. */
export const BIND_COMPLETED_ANNOTATION = 'pv.kubernetes.io/bind-completed';
/** Kubernetes' own, on a PersistentVolume: its claim was chosen for it, and not by whoever made it. */
export const BOUND_BY_CONTROLLER_ANNOTATION = 'pv.kubernetes.io/bound-by-controller';
/** Kubernetes' own, on a PersistentVolumeClaim: where a scheduler wants its volume to be made. */
export const SELECTED_NODE_ANNOTATION = 'volume.kubernetes.io/selected-node';
/** Kubernetes' own: the storage class, from before there was a field. */
export const BETA_CLASS_ANNOTATION = 'volume.beta.kubernetes.io/storage-class';

/** Annotations of the authority's Secret: how far its rotation is, since when, and until when the one before stays trusted. */
export const ROTATION_PHASE = 'sluice.dev/rotation-phase';
export const ROTATION_SINCE = 'sluice.dev/rotation-since';
export const ROTATION_UNTIL = 'sluice.dev/rotation-until';
/** Annotation of the same Secret, with any value: begin a rotation now. */
export const ROTATE_ANNOTATION = 'sluice.dev/rotate';
/** On Deployments of Volcano that `sluice migrate` has stopped: how many replicas they had. */
export const FORMER_REPLICAS_ANNOTATION = 'sluice.dev/former-replicas';
/** cert-manager's, on a webhook configuration: `<namespace>/<name>` of the Certificate whose authority it puts in. */
export const INJECT_CA_FROM_ANNOTATION = 'cert-manager.io/inject-ca-from';
/** Annotations of the serving certificate's Secret, one a replica: the authority and the end of the certificate that it serves. */
export const REPLICA_PREFIX = 'replica.sluice.dev/';
