import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { certificateFlags, certificateVolume, injectionFlags } from './cert-manager.ts';
import { own, podLabels, selector } from './labels.ts';
import type { Component } from './labels.ts';
import {
  DRAIN_SECONDS,
  GRACE_SECONDS,
  NAME,
  OPERATIONS_PORT,
  SCHEDULER_CONFIGURATION,
  SCHEDULER_OPERATIONS_PORT,
  VOLCANO_POD_LABEL,
  VOLCANO_WEBHOOK_PORT,
  WEBHOOK_ACCOUNT,
  WEBHOOK_PORT,
} from './settings.ts';
import type { Settings } from './settings.ts';

/** Where the image has the package. */
const PROGRAM = '/opt/sluice/bin/sluice.js';

type Flags = readonly (readonly [flag: string, value: JsonValue])[];

/** Pods of one kind: what they do, and as whom. */
interface Part {
  readonly name: string;
  readonly component: Component;
  readonly account: string;
  readonly replicas: JsonValue;
  /** Of the pods, beside those that all have. */
  readonly labels: JsonObject;
  readonly ports: readonly JsonObject[];
  /** What the command begins with, its switches, and its flags with values. */
  readonly words: readonly string[];
  readonly flags: Flags;
  readonly volume: Record<'pod' | 'container', JsonObject>;
}

/**
 * Who answers reviews reads only; who writes is reached by nobody. The first has the name and the labels of the one Deployment that there
 * was before, so that its Service leads to somebody all through an upgrade.
 */
export function deployments(settings: Settings): readonly JsonObject[] {
  return [webhooks(settings), scheduler(settings)].map((part) => deployment(part, settings));
}

/** In the place of Volcano its own Service leads there, too. */
function webhooks(settings: Settings): Part {
  const webhookPort = settings.volcano === undefined ? WEBHOOK_PORT : VOLCANO_WEBHOOK_PORT;
  const usual = settings.volcano === undefined ? 'enforce' : 'warn';
  return {
    name: NAME,
    component: 'server',
    account: WEBHOOK_ACCOUNT,
    replicas: settings.replicas,
    labels: settings.volcano === undefined ? {} : VOLCANO_POD_LABEL,
    ports: [port('webhook', webhookPort), port('operations', OPERATIONS_PORT)],
    words: ['serve', '--read-only', '--roles', 'webhook'],
    flags: [
      ['webhook-port', String(webhookPort)],
      ['operations-port', String(OPERATIONS_PORT)],
      ['drain-seconds', String(DRAIN_SECONDS)],
      ['queue-authorisation', settings.authorisation('queue', usual)],
      ['bypass-authorisation', settings.authorisation('bypass', usual)],
      ['never-fits', settings.neverFits],
      ...common(settings),
      ...certificateFlags(settings),
    ],
    volume: certificateVolume(settings),
  };
}

/** All of them are ready to; one leads. */
function scheduler(settings: Settings): Part {
  return {
    name: `${NAME}-scheduler`,
    component: 'scheduler',
    account: NAME,
    replicas: settings.schedulerReplicas,
    labels: {},
    ports: [port('operations', SCHEDULER_OPERATIONS_PORT)],
    words: ['serve', '--keep-webhooks', '--roles', 'scheduler,controllers'],
    flags: [
      ['operations-port', String(SCHEDULER_OPERATIONS_PORT)],
      // Volcano's ConfigMap is followed in its place.
      ...(settings.volcano === undefined
        ? ([['scheduler-configmap', `${settings.namespace}/${SCHEDULER_CONFIGURATION}`]] as const)
        : []),
      ['lease-seconds', settings.leaseSeconds],
      ...common(settings),
      ...injectionFlags(settings),
    ],
    volume: { pod: {}, container: {} },
  };
}

function common(settings: Settings): Flags {
  return [
    ['namespace', settings.namespace],
    ['failure-policy', settings.failurePolicy],
    ['log-level', settings.logLevel],
    ...(settings.volcano === undefined
      ? []
      : ([
          ['compat', 'volcano'],
          ['release', settings.volcano],
        ] as const)),
  ];
}

function deployment(part: Part, settings: Settings): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: own(part.name, settings),
    spec: {
      replicas: part.replicas,
      revisionHistoryLimit: 5,
      // Never fewer than asked for: a new one has to serve before an old one goes.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: selector(part.component) },
      template: {
        metadata: {
          labels: { ...podLabels(part.component, settings), ...part.labels },
          annotations: settings.podAnnotations,
        },
        spec: podSpec(part, settings),
      },
    },
  };
}

function podSpec(part: Part, settings: Settings): JsonObject {
  return {
    serviceAccountName: part.account,
    automountServiceAccountToken: true,
    priorityClassName: settings.priorityClassName,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    securityContext: settings.podSecurityContext,
    imagePullSecrets: settings.imagePullSecrets,
    nodeSelector: settings.nodeSelector,
    tolerations: settings.tolerations,
    affinity: settings.affinity,
    topologySpreadConstraints: settings.topologySpreadConstraints,
    containers: [container(part, settings)],
    ...part.volume.pod,
  };
}

/** Without a preStop hook: a server that is told to stop is not ready from then on, and goes on answering for a while. */
function container({ ports, words, flags, volume }: Part, settings: Settings): JsonObject {
  return {
    name: 'server',
    image: settings.image,
    imagePullPolicy: settings.imagePullPolicy,
    command: ['node', PROGRAM],
    args: [...words, ...flags.flatMap(([flag, value]) => [`--${flag}`, value])],
    env: settings.extraEnv,
    ports,
    // The server says that it lives from its first moment on, so there is nothing for a startup probe to wait for.
    livenessProbe: probe('/healthz', { periodSeconds: 10, failureThreshold: 6 }),
    readinessProbe: probe('/readyz', { periodSeconds: 2, failureThreshold: 2 }),
    resources: settings.resources,
    securityContext: settings.containerSecurityContext,
    ...volume.container,
  };
}

function port(name: string, containerPort: number): JsonObject {
  return { name, containerPort, protocol: 'TCP' };
}

function probe(path: string, times: JsonObject): JsonObject {
  return { httpGet: { path, port: 'operations' }, timeoutSeconds: 5, ...times };
}
