import type { JsonObject } from '../src/lib/json.ts';

/** Sizes of pod reviews as they come: a pod of one container, and one of four with its field managers. */
export const REVIEW_KINDS = ['3KB', '7.6KB'] as const;
export type ReviewKind = (typeof REVIEW_KINDS)[number];

/** What the webhook has to do for the pod: nothing, complete a stamp, or plan a group of its own. */
export const REVIEW_TASKS = ['stamped', 'named', 'bare', 'stamped'] as const;
type ReviewTask = (typeof REVIEW_TASKS)[number];

/** The body of a review as an API server sends it when a pod is created; `index` makes it another pod. */
export function reviewBody(kind: ReviewKind, task: ReviewTask, index: number): string {
  return JSON.stringify({
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid: uuid(index),
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      requestKind: { group: '', version: 'v1', kind: 'Pod' },
      requestResource: { group: '', version: 'v1', resource: 'pods' },
      namespace: `team-${index % 20}`,
      operation: 'CREATE',
      userInfo: {
        username: 'system:serviceaccount:kube-system:job-controller',
        uid: uuid(7),
        groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
      },
      object: pod(kind, task, index),
      oldObject: null,
      dryRun: false,
      options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
    },
  });
}

/** The review as a request, as an API server sends it. */
export function httpRequest(body: string, path = '/mutate'): Buffer {
  const head = [
    `POST ${path}?timeout=5s HTTP/1.1`,
    'Host: localhost',
    'User-Agent: kube-apiserver-admission',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Accept: application/json, */*',
    'Content-Type: application/json',
    'Accept-Encoding: gzip',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** As many values as a review of every day and a review at all may have, and more, in Jobs of 0.4 to 2.5 MB that ask for resources with names of their own. */
const HOSTILE_NAMES = [19_000, 99_000, 110_000] as const;

/** Bodies of dry-run reviews that cost the server the most. */
export function hostileBodies(): readonly string[] {
  return HOSTILE_NAMES.map((count) => {
    const names = Array.from({ length: count }, (_, ix) => [`example.com/${ix.toString(36)}`, '1'] as const);
    const containers = [{ name: 'c', resources: { requests: Object.fromEntries(names) } }];
    const review = JSON.parse(reviewBody('3KB', 'bare', count)) as { readonly request: JsonObject };
    const resource = { group: 'batch', version: 'v1', resource: 'jobs' };
    const kind = { group: 'batch', version: 'v1', kind: 'Job' };
    const kinds = { kind, requestKind: kind, resource, requestResource: resource };
    const spec = { parallelism: 2, template: { spec: { containers } } };
    const object = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'x' }, spec };
    return JSON.stringify({ ...review, request: { ...review.request, ...kinds, object, dryRun: true } });
  });
}

function pod(kind: ReviewKind, task: ReviewTask, index: number): JsonObject {
  const group = `training-run-${index % 400}`;
  const isLarge = kind === '7.6KB';
  const containers = isLarge ? ['worker', 'proxy', 'logs', 'metrics'] : ['worker'];
  const metadata = {
    generateName: `${group}-worker-`,
    creationTimestamp: null,
    labels: {
      'batch.kubernetes.io/job-name': group,
      'job-name': group,
      app: 'training',
      team: `team-${index % 20}`,
      ...stampLabels(task),
    },
    annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '9090', ...stampAnnotations(task, group) },
    ...(task === 'bare' ? {} : { ownerReferences: [owner(group)] }),
    ...(isLarge ? { managedFields: [managedFields(containers)] } : {}),
  };
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata,
    spec: {
      volumes: [tokenVolume(), { name: 'data', persistentVolumeClaim: { claimName: `data-${index % 50}` } }],
      containers: containers.map((name) => container(name, isLarge)),
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: 'default',
      serviceAccount: 'default',
      securityContext: {},
      schedulerName: task === 'stamped' ? 'sluice' : 'default-scheduler',
      tolerations: ['not-ready', 'unreachable'].map(toleration),
      priority: 0,
      enableServiceLinks: true,
      preemptionPolicy: 'PreemptLowerPriority',
    },
    status: {},
  };
}

function stampLabels(task: ReviewTask): JsonObject {
  return task === 'stamped' ? { 'volcano.sh/queue-name': 'queue-3', 'volcano.sh/task-spec': 'worker' } : {};
}

function stampAnnotations(task: ReviewTask, group: string): JsonObject {
  if (task === 'bare') return {};
  const name = { 'scheduling.k8s.io/group-name': group };
  if (task === 'named') return name;
  return { ...name, 'scheduling.volcano.sh/queue-name': 'queue-3', 'volcano.sh/task-spec': 'worker' };
}

function owner(group: string): JsonObject {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    name: group,
    uid: uuid(11),
    controller: true,
    blockOwnerDeletion: true,
  };
}

function container(name: string, isLarge: boolean): JsonObject {
  const variables = isLarge
    ? [
        'RANK',
        'WORLD_SIZE',
        'MASTER_ADDR',
        'NCCL_DEBUG',
        'DATA_ROOT',
        'CHECKPOINTS',
        'OMP_NUM_THREADS',
        'RUN_ID',
        'SEED',
      ]
    : ['RANK', 'WORLD_SIZE'];
  return {
    name,
    image: `registry.example.org/team/training-${name}:2026.09.1`,
    command: ['python', '-m', 'training.main'],
    args: ['--config', '/etc/training/config.yaml', '--checkpoint-every', '600'],
    env: variables.map((variable) => ({ name: variable, value: `value-of-${variable.toLowerCase()}` })),
    resources: {
      limits: { cpu: '8', memory: '64Gi', 'nvidia.com/gpu': '1' },
      requests: { cpu: '8', memory: '64Gi', 'nvidia.com/gpu': '1' },
    },
    volumeMounts: [
      { name: 'kube-api-access-x7k2p', readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' },
      { name: 'data', mountPath: '/data' },
    ],
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
  };
}

function toleration(state: string): JsonObject {
  return { key: `node.kubernetes.io/${state}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 };
}

function tokenVolume(): JsonObject {
  const token = { serviceAccountToken: { expirationSeconds: 3607, path: 'token' } };
  const authority = { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } };
  const field = { path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } };
  const sources = [token, authority, { downwardAPI: { items: [field] } }];
  return { name: 'kube-api-access-x7k2p', projected: { sources, defaultMode: 420 } };
}

function managedFields(containers: readonly string[]): JsonObject {
  const leaf = Object.fromEntries(
    ['args', 'command', 'image', 'imagePullPolicy', 'name', 'resources', 'terminationMessagePath'].map((key) => [
      `f:${key}`,
      {},
    ]),
  );
  const fields = Object.fromEntries(containers.map((name) => [`k:{"name":"${name}"}`, { '.': {}, ...leaf }]));
  return {
    manager: 'kube-controller-manager',
    operation: 'Update',
    apiVersion: 'v1',
    time: '2026-09-01T08:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: {
      'f:metadata': { 'f:labels': { '.': {}, 'f:app': {}, 'f:team': {} } },
      'f:spec': { 'f:containers': fields },
    },
  };
}

function uuid(number: number): string {
  return `0f8fad5b-d9cb-469f-a165-${number.toString(16).padStart(12, '0')}`;
}
