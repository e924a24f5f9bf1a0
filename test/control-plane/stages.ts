import { stringify } from 'yaml';
import { ENDS_SLOWLY_JQ, STARTS_IN_STEPS_JQ } from './containers/pod-plan.ts';

/**
 * kwok acts out the life of nodes and pods by these stages. A pod that was bound turns Running and is gone as soon as it is
 * deleted. What its containers' commands do in between is acted out beside it, by `containers/`, and so is the whole start
 * of pods whose init containers have commands, and the end of those that take their time.
 */
export type StageOptions = {
  /** False leaves pods as they are bound, so that a bench is not measured with kwok's status writes. */
  readonly podStages: boolean;
  /** Loopback port that answers for the logs of all nodes; 0 where nobody does. */
  readonly logPort: number;
};

/** The YAML documents for kwok's --config. */
export function stageDocuments(options: StageOptions): string {
  const stages = [
    nodeInitialize(options.logPort),
    nodeHeartbeat(),
    ...(options.podStages ? [podReady(), podAccepted(), podEvicted(), podDelete()] : []),
  ];
  return [kwokConfiguration(), ...stages].map((stage) => stringify(stage, { lineWidth: 0 })).join('---\n');
}

function kwokConfiguration(): object {
  return {
    apiVersion: 'config.kwok.x-k8s.io/v1alpha1',
    kind: 'KwokConfiguration',
    options: { podPlayStageParallelism: 16, nodePlayStageParallelism: 16, nodeLeaseParallelism: 8 },
  };
}

function nodeInitialize(logPort: number): object {
  const endpoint = logPort === 0 ? '' : `daemonEndpoints: { kubeletEndpoint: { Port: ${logPort} } }\n`;
  return stage('node-initialize', 'Node', {
    selector: { matchExpressions: [where(READY_JQ, 'NotIn', ['True'])] },
    steps: [statusPatch(`${NODE_CONDITIONS}${NODE_ADDRESSES}${NODE_RESOURCES}${NODE_INFO}${endpoint}phase: Running\n`)],
  });
}

// The leases say that a node lives; its status is only refreshed now and then, as a kubelet does.
function nodeHeartbeat(): object {
  return stage('node-heartbeat', 'Node', {
    selector: { matchExpressions: [where(READY_JQ, 'In', ['True'])] },
    delay: { durationMilliseconds: 300_000, jitterDurationMilliseconds: 600_000 },
    steps: [statusPatch(NODE_CONDITIONS)],
  });
}

function podReady(): object {
  return stage('pod-ready', 'Pod', {
    selector: { matchExpressions: [NOT_DELETED, PENDING, where(STARTS_IN_STEPS_JQ, 'NotIn', ['true'])] },
    steps: [statusPatch(`${POD_RUNNING}${POD_PLACE}`)],
  });
}

// The rest of its start is acted out by its init containers.
function podAccepted(): object {
  const unseen = where('.status.startTime', 'DoesNotExist');
  return stage('pod-accepted', 'Pod', {
    selector: { matchExpressions: [NOT_DELETED, PENDING, unseen, where(STARTS_IN_STEPS_JQ, 'In', ['true'])] },
    steps: [statusPatch(`startTime: {{ Now | Quote }}\n${POD_PLACE}`)],
  });
}

// As with a kubelet, a pod has failed before it is gone. Only where somebody looks: evicted ones, and those that a finalizer keeps,
// since a Job with a podFailurePolicy, or one that makes others only for pods that failed, takes its own away no earlier.
function podEvicted(): object {
  return stage('pod-evicted', 'Pod', {
    selector: { matchExpressions: [DELETED, AT_ONCE, where(FAILS_FIRST_JQ, 'In', ['true'])] },
    steps: [statusPatch('phase: Failed\n')],
  });
}

function podDelete(): object {
  return stage('pod-delete', 'Pod', {
    selector: { matchExpressions: [DELETED, AT_ONCE, where(FAILS_FIRST_JQ, 'NotIn', ['true'])] },
    steps: [{ delete: true }],
  });
}

const READY_JQ = '.status.conditions[]? | select(.type == "Ready") | .status';
const EVICTED_JQ = '([.status.conditions[]? | select(.type == "DisruptionTarget")] | length > 0)';
const FAILS_FIRST_JQ = `.status.phase == "Running" and (${EVICTED_JQ} or ((.metadata.finalizers // []) | length > 0))`;
const DELETED = where('.metadata.deletionTimestamp', 'Exists');
const AT_ONCE = where(ENDS_SLOWLY_JQ, 'NotIn', ['true']);
const PENDING = where('.status.phase', 'In', ['Pending']);
const NOT_DELETED = where('.metadata.deletionTimestamp', 'DoesNotExist');

function stage(name: string, kind: string, spec: object): object {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name },
    spec: { resourceRef: { apiGroup: 'v1', kind }, ...spec },
  };
}

function where(key: string, operator: string, values?: readonly string[]): object {
  return { jq: { key, operator, ...(values === undefined ? {} : { values }) } };
}

function statusPatch(template: string): object {
  return { patch: { subresource: 'status', root: 'status', type: 'strategic', template } };
}

const NODE_CONDITIONS = `
{{ $now := Now }}
conditions:
{{ range NodeConditions }}
- type: {{ .type | Quote }}
  status: {{ .status | Quote }}
  reason: {{ .reason | Quote }}
  message: {{ .message | Quote }}
  lastHeartbeatTime: {{ $now | Quote }}
  lastTransitionTime: {{ $.metadata.creationTimestamp | Quote }}
{{ end }}
`;

const NODE_ADDRESSES = `
addresses:
- type: Hostname
  address: {{ NodeName | Quote }}
- type: InternalIP
  address: {{ NodeIP | Quote }}
`;

// A node that a person applied without numbers gets a large machine's.
const NODE_RESOURCES = `
{{ $resources := dict "cpu" "64" "memory" "512Gi" "pods" "110" }}
{{ $capacity := or .status.capacity $resources }}
capacity:
{{ YAML $capacity 1 }}
allocatable:
{{ YAML (or .status.allocatable $capacity) 1 }}
`;

const NODE_INFO = `
nodeInfo:
  architecture: amd64
  operatingSystem: linux
  kubeletVersion: {{ printf "kwok-%s" Version | Quote }}
  kubeProxyVersion: ""
  containerRuntimeVersion: kwok://none
  kernelVersion: none
  osImage: none
  bootID: ""
  machineID: ""
  systemUUID: ""
`;

const POD_RUNNING = `
{{ $now := Now }}
phase: Running
startTime: {{ $now | Quote }}
conditions:
{{ range list "Initialized" "ContainersReady" "Ready" }}
- { type: {{ . }}, status: "True", lastTransitionTime: {{ $now | Quote }} }
{{ end }}
{{ range .spec.readinessGates }}
- { type: {{ .conditionType | Quote }}, status: "True", lastTransitionTime: {{ $now | Quote }} }
{{ end }}
containerStatuses:
{{ range .spec.containers }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: true
  started: true
  restartCount: 0
  state: { running: { startedAt: {{ $now | Quote }} } }
{{ end }}
{{ with .spec.initContainers }}
initContainerStatuses:
{{ range . }}
- name: {{ .name | Quote }}
  image: {{ .image | Quote }}
  imageID: ""
  ready: true
  restartCount: 0
  {{ if eq (default "" .restartPolicy) "Always" }}
  started: true
  state: { running: { startedAt: {{ $now | Quote }} } }
  {{ else }}
  state: { terminated: { exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }} } }
  {{ end }}
{{ end }}
{{ end }}
`;

const POD_PLACE = `
{{ $hostIPs := NodeIPsWith .spec.nodeName }}
{{ with $hostIPs }}
hostIP: {{ index . 0 | Quote }}
hostIPs: [{ ip: {{ index . 0 | Quote }} }]
{{ end }}
{{ $hostNetwork := or .spec.hostNetwork false }}
{{ with PodIPsWith .spec.nodeName $hostNetwork .metadata.uid .metadata.name .metadata.namespace }}
podIP: {{ index . 0 | Quote }}
podIPs: [{ ip: {{ index . 0 | Quote }} }]
{{ end }}
`;
