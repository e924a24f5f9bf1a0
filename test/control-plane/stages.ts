import { stringify } from 'yaml';

/**
 * kwok acts out the life of nodes and pods by these stages. A pod that was bound turns Running and stays so until it is
 * deleted, unless its first container's command says otherwise: `sleep N` ends it after N seconds, `exit K` with code K,
 * also inside `sh -c "sleep 3; exit 2"`. Code 0 is Succeeded, any other Failed.
 */
export type StageOptions = {
  /** False leaves pods as they are bound, so that a bench is not measured with kwok's status writes. */
  readonly podStages: boolean;
};

// RE2, read by jq in selectors and by Go templates alike. A word of a command begins after one of these ...
const BEFORE = `(?:^|[\\s;&|('"/])`;
// ... and ends before one of these; `--sleep 5` and `exit_code 3` are no such words.
const AFTER = `(?:$|[\\s;&|)'"])`;
const SLEEP = `${BEFORE}sleep\\s+([0-9]+(?:\\.[0-9]+)?)([smhd]?)${AFTER}`;
const EXIT = `${BEFORE}exit(?:\\s+[0-9]+)?${AFTER}`;

const COMMAND_JQ = '(.spec.containers[0] | (.command // []) + (.args // []) | join(" "))';
const ENDS_JQ = `${COMMAND_JQ} | test(${quoted(SLEEP)}) or test(${quoted(EXIT)})`;
// An instant rather than a span, because kwok begins a span anew with every change of the pod. The API server keeps whole
// seconds of startTime: the one added makes sure that no sleep is cut short.
const END_DELAY_JQ = `${COMMAND_JQ} as $command
  | [$command | match(${quoted(SLEEP)}; "g").captures
      | (.[0].string | tonumber) * {"": 1, s: 1, m: 60, h: 3600, d: 86400}[.[1].string]]
  | add // 0
  | . as $seconds
  | $input
  | if $seconds == 0 then "0s"
    else ((.status.startTime // .metadata.creationTimestamp | fromdateiso8601) + ($seconds | ceil) + 1 | todateiso8601)
    end`;

/** The YAML documents for kwok's --config. */
export function stageDocuments(options: StageOptions): string {
  const stages = [
    nodeInitialize(),
    nodeHeartbeat(),
    ...(options.podStages ? [podReady(), podEnd(), podEvicted(), podDelete()] : []),
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

function nodeInitialize(): object {
  return stage('node-initialize', 'Node', {
    selector: { matchExpressions: [where(READY_JQ, 'NotIn', ['True'])] },
    steps: [statusPatch(`${NODE_CONDITIONS}${NODE_ADDRESSES}${NODE_RESOURCES}${NODE_INFO}phase: Running\n`)],
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
    selector: { matchExpressions: [NOT_DELETED, where('.status.phase', 'In', ['Pending'])] },
    steps: [statusPatch(POD_RUNNING)],
  });
}

function podEnd(): object {
  return stage('pod-end', 'Pod', {
    selector: {
      matchExpressions: [NOT_DELETED, where('.status.phase', 'In', ['Running']), where(ENDS_JQ, 'In', ['true'])],
    },
    delay: { durationMilliseconds: 0, durationFrom: { jq: { expression: `. as $input | ${END_DELAY_JQ}` } } },
    steps: [statusPatch(POD_ENDED)],
  });
}

// As with a kubelet, an evicted pod has failed before it is gone: a Job with a podFailurePolicy waits for that.
function podEvicted(): object {
  return stage('pod-evicted', 'Pod', {
    selector: { matchExpressions: [DELETED, where(EVICTED_JQ, 'In', ['true'])] },
    steps: [statusPatch('phase: Failed\n')],
  });
}

function podDelete(): object {
  return stage('pod-delete', 'Pod', {
    selector: { matchExpressions: [DELETED, where(EVICTED_JQ, 'NotIn', ['true'])] },
    steps: [{ delete: true }],
  });
}

const READY_JQ = '.status.conditions[]? | select(.type == "Ready") | .status';
const EVICTED_JQ =
  '.status.phase == "Running" and ([.status.conditions[]? | select(.type == "DisruptionTarget")] | length > 0)';
const DELETED = where('.metadata.deletionTimestamp', 'Exists');
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

// JSON's escapes are jq's and Go's as well.
function quoted(text: string): string {
  return JSON.stringify(text);
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

// The first container's word decides for the pod; the others end with it, with code 0.
const POD_ENDED = `
{{ $now := Now }}
{{ $first := index .spec.containers 0 }}
{{ $command := concat (default list $first.command) (default list $first.args) | join " " }}
{{ $exit := regexFind ${quoted(EXIT)} $command }}
{{ $code := regexFind "[0-9]+" $exit | default "0" }}
{{ $started := .status.startTime }}
phase: {{ if eq $code "0" }}Succeeded{{ else }}Failed{{ end }}
conditions:
{{ range list "ContainersReady" "Ready" }}
- type: {{ . }}
  status: "False"
  reason: {{ if eq $code "0" }}PodCompleted{{ else }}PodFailed{{ end }}
  lastTransitionTime: {{ $now | Quote }}
{{ end }}
containerStatuses:
{{ range $index, $container := .spec.containers }}
{{ $mine := ternary $code "0" (eq $index 0) }}
- name: {{ $container.name | Quote }}
  image: {{ $container.image | Quote }}
  imageID: ""
  ready: false
  started: false
  restartCount: 0
  state:
    terminated:
      exitCode: {{ $mine }}
      reason: {{ if eq $mine "0" }}Completed{{ else }}Error{{ end }}
      startedAt: {{ $started | Quote }}
      finishedAt: {{ $now | Quote }}
{{ end }}
`;
