import Type from 'typebox';
import type { TSchema } from 'typebox';
import type { JsonValue } from '../../src/lib/json.ts';
import { RIGHT_MODES } from '../../webhooks/rights/mode.ts';
import { LIVES } from './cert-manager.ts';
import { EVERY_POD } from './labels.ts';

/** Anything that Kubernetes checks by itself when the manifests are applied. */
function free(value: JsonValue, description: string): TSchema {
  return Type.Unsafe({ type: Array.isArray(value) ? 'array' : 'object', default: value, description });
}

function choice(values: readonly string[], fallback: string, description: string): TSchema {
  return Type.Unsafe({ type: 'string', enum: values, default: fallback, description });
}

function text(fallback: string, description: string): TSchema {
  return Type.String({ default: fallback, description });
}

function flag(fallback: boolean, description: string): TSchema {
  return Type.Boolean({ default: fallback, description });
}

function group(properties: Record<string, TSchema>, description: string): TSchema {
  return Type.Object(properties, { additionalProperties: false, description });
}

const IMAGE = group(
  {
    registry: text('', 'Registry, with no slash at its end; empty for the one that the nodes take by themselves.'),
    repository: Type.String({ minLength: 1, default: 'sluice', description: 'Name of the image.' }),
    tag: text('', "Its tag; empty for the chart's appVersion."),
    digest: Type.String({
      pattern: '^(sha256:[0-9a-f]{64})?$',
      default: '',
      description: 'Its digest, which then counts instead of the tag.',
    }),
    pullPolicy: choice(['Always', 'IfNotPresent', 'Never'], 'IfNotPresent', 'When nodes fetch it.'),
    pullSecrets: free([], 'Secrets to fetch it with: `[{name: ...}]`.'),
  },
  'The image, made from the Containerfile.',
);

/** Every node of a zone, and every zone, gets its share of the pods where that can be. */
const SPREAD: JsonValue = ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
  maxSkew: 1,
  topologyKey,
  whenUnsatisfiable: 'ScheduleAnyway',
  labelSelector: { matchLabels: EVERY_POD },
  // Those that answer reviews among themselves, and those that schedule.
  matchLabelKeys: ['app.kubernetes.io/component'],
}));

const PODS: Record<string, TSchema> = {
  replicas: Type.Integer({ minimum: 0, default: 3, description: 'Pods that answer reviews.' }),
  schedulerReplicas: Type.Integer({
    minimum: 0,
    default: 2,
    description: 'Pods that schedule and write. One of them leads, the others are ready to.',
  }),
  resources: free(
    { requests: { cpu: '500m', memory: '512Mi' }, limits: { memory: '2Gi' } },
    'What a pod asks for. A limit of CPU makes reviews slow; memory grows with the pods and nodes of the cluster.',
  ),
  nodeSelector: free({ 'kubernetes.io/os': 'linux' }, 'Nodes that pods may go to.'),
  tolerations: free([], 'Taints that pods tolerate.'),
  affinity: free({}, 'Wishes and rules about nodes and other pods.'),
  topologySpreadConstraints: free(SPREAD, 'How pods are spread.'),
  priorityClassName: text('system-cluster-critical', 'Their PriorityClass.'),
  podAnnotations: free({}, 'Annotations of the pods.'),
  podSecurityContext: free(
    { runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, seccompProfile: { type: 'RuntimeDefault' } },
    'Security context of the pods: what Pod Security asks for as restricted.',
  ),
  containerSecurityContext: free(
    { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
    'Security context of the container, likewise.',
  ),
  extraEnv: free([], 'Environment: `[{name: ..., value: ...}]`.'),
};

const OPTIONS: Record<string, TSchema> = {
  failurePolicy: choice(['Fail', 'Ignore'], 'Fail', 'What becomes of objects when no webhook answers.'),
  queueAuthorisation: choice(
    ['', ...RIGHT_MODES],
    '',
    'Who lacks the right to use a queue; empty: enforce, and warn in the place of Volcano.',
  ),
  bypassAuthorisation: choice(
    ['', ...RIGHT_MODES],
    '',
    'Who lacks the right to run work past the queues; empty: likewise.',
  ),
  neverFits: choice(['warn', 'refuse', 'ignore'], 'warn', 'Work that can never start as the cluster is.'),
  leaseSeconds: Type.Integer({ minimum: 1, maximum: 300, default: 15, description: 'How long a silent leader leads.' }),
  logLevel: choice(['debug', 'info', 'warn', 'error'], 'info', 'How much is logged.'),
  schedulerConfiguration: text(
    '',
    "Actions and plugins in the format of Volcano's scheduler. Empty: the ConfigMap sluice-scheduler is yours to make, and the default decides until it is there.",
  ),
};

/** HTTPS, the API server where it is reached directly, and names. */
const EGRESS: JsonValue = [
  { ports: [443, 6443].map((port) => ({ port, protocol: 'TCP' })) },
  { ports: ['UDP', 'TCP'].map((protocol) => ({ port: 53, protocol })) },
];

/** What says more about certificates of cert-manager means nothing without it, and is refused then. */
const CERTIFICATES = Type.Object(
  {
    mode: choice(
      ['built-in', 'cert-manager'],
      'built-in',
      'Who makes the serving certificate: Sluice, or cert-manager, which has to be installed before.',
    ),
    issuerRef: group(
      {
        name: text('', 'Its name; empty: an authority of its own, made with the chart.'),
        kind: text('Issuer', 'Issuer, ClusterIssuer, or the kind of another issuer.'),
        group: text('cert-manager.io', 'Group of the kind.'),
      },
      'With cert-manager: who signs. It has to tell its authority as ca.crt of the Secret.',
    ),
    duration: text('', `With cert-manager: how long the certificate lives; empty: ${LIVES.duration}.`),
    renewBefore: text('', `With cert-manager: how long before its end it is renewed; empty: ${LIVES.renewBefore}.`),
  },
  {
    additionalProperties: false,
    description: 'The serving certificate.',
    if: { properties: { mode: { const: 'cert-manager' } } },
    else: {
      properties: {
        issuerRef: { properties: { name: { maxLength: 0 } } },
        duration: { maxLength: 0 },
        renewBefore: { maxLength: 0 },
      },
    },
  },
);

/** A release without the mode means nothing, and is refused. */
const COMPAT = Type.Object(
  {
    mode: choice(
      ['none', 'volcano'],
      'none',
      'volcano: in the place of a Volcano that `sluice migrate` has set aside, in its namespace, under the names of its objects. Takes crds.install=false.',
    ),
    release: Type.String({
      pattern: '^([a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?)?$',
      default: '',
      description: 'The Helm release of that Volcano.',
    }),
  },
  {
    additionalProperties: false,
    description: 'Whose place Sluice takes.',
    allOf: [
      { if: { properties: { mode: { const: 'none' } } }, else: { properties: { release: { minLength: 1 } } } },
      { if: { properties: { mode: { const: 'volcano' } } }, else: { properties: { release: { maxLength: 0 } } } },
    ],
  },
);

const AROUND: Record<string, TSchema> = {
  compat: COMPAT,
  certificates: CERTIFICATES,
  crds: group(
    {
      install: flag(true, 'Install and upgrade the kinds with the chart.'),
      keep: flag(true, 'Leave the kinds, and with them all queues and groups, when the chart is uninstalled.'),
    },
    'CustomResourceDefinitions.',
  ),
  podDisruptionBudget: group(
    {
      enabled: flag(true, 'Make one.'),
      maxUnavailable: Type.Unsafe({
        type: ['integer', 'string'],
        default: 1,
        description: 'Pods that may go at a time.',
      }),
    },
    'PodDisruptionBudget.',
  ),
  networkPolicy: group(
    {
      enabled: flag(true, 'Make one.'),
      operationsFrom: free([], 'Peers that may read metrics and explanations; empty: all.'),
      egress: free(EGRESS, 'What pods may speak to. The plugin extender and sources of measurements need more.'),
    },
    'NetworkPolicy.',
  ),
  serviceMonitor: group(
    { enabled: flag(false, 'Make one.') },
    'ServiceMonitor, for clusters with the Prometheus operator.',
  ),
  prometheusRule: group(
    {
      enabled: flag(false, 'Make one.'),
      runbooks: text('docs/runbooks', 'Where your people find the pages about alerts.'),
    },
    'PrometheusRule with the alerts, for clusters with the Prometheus operator.',
  ),
  dashboard: group(
    { enabled: flag(false, 'Make it.') },
    'Dashboard in a ConfigMap with the label that the sidecar of Grafana looks for.',
  ),
  flowControl: group({ enabled: flag(true, 'Make them.') }, 'FlowSchema and PriorityLevelConfiguration.'),
  global: Type.Unsafe({
    type: 'object',
    default: {},
    description: 'Values of a chart that holds this one; none is read.',
  }),
  writeLimits: group({ enabled: flag(true, 'Make it.') }, 'ValidatingAdmissionPolicy on what Sluice itself writes.'),
};

/** The values of the chart, with their defaults; static manifests have the same. */
export const VALUES = Type.Object(
  { ...PODS, image: IMAGE, ...OPTIONS, ...AROUND },
  {
    additionalProperties: false,
    // The kinds are Volcano's there: no two charts can have the same objects.
    if: { properties: { compat: { properties: { mode: { const: 'none' } } } } },
    else: { properties: { crds: { properties: { install: { const: false } } } } },
  },
);
