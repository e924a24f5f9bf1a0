/**
 * The fields that projections look at, by message; whatever is not named is skipped unread. Of a message that is
 * reached and not listed here, every field is read. A test compares the records of objects with every field set, so
 * what a projection begins to read and this list lacks shows up there.
 */
export const READ_FIELDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['ListMeta', ['resourceVersion', 'continue']],
  [
    'ObjectMeta',
    [
      'name',
      'namespace',
      'uid',
      'resourceVersion',
      'creationTimestamp',
      'deletionTimestamp',
      'labels',
      'annotations',
      'ownerReferences',
    ],
  ],
  ['OwnerReference', ['apiVersion', 'kind', 'name', 'uid', 'controller']],
  ['Status', ['message', 'reason', 'details', 'code']],
  ['StatusDetails', ['retryAfterSeconds']],
  ['Namespace', ['metadata']],
  ['Node', ['metadata', 'spec', 'status']],
  ['NodeSpec', ['unschedulable', 'taints']],
  ['NodeStatus', ['allocatable']],
  ['Taint', ['key', 'value', 'effect']],
  ['PriorityClass', ['metadata', 'value', 'globalDefault']],
  ['Job', ['metadata', 'status']],
  ['JobStatus', ['conditions']],
  ['JobCondition', ['type', 'status']],
  ['Pod', ['metadata', 'spec', 'status']],
  [
    'PodSpec',
    [
      'initContainers',
      'containers',
      'nodeSelector',
      'nodeName',
      'affinity',
      'schedulerName',
      'tolerations',
      'priorityClassName',
      'priority',
      'overhead',
      'schedulingGates',
      'resources',
    ],
  ],
  ['Affinity', ['nodeAffinity']],
  ['Toleration', ['key', 'operator', 'value', 'effect']],
  ['Container', ['ports', 'resources', 'restartPolicy']],
  ['ContainerPort', ['hostPort', 'protocol', 'hostIP']],
  ['ResourceRequirements', ['limits', 'requests']],
  ['PodStatus', ['phase', 'conditions']],
  ['PodCondition', ['type', 'status', 'message']],
]);
