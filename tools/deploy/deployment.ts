import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { certificateFlags, certificateVolume } from './cert-manager.ts';
import { own, podLabels, SELECTOR } from './labels.ts';
import {
  DRAIN_SECONDS,
  GRACE_SECONDS,
  NAME,
  OPERATIONS_PORT,
  SCHEDULER_CONFIGURATION,
  WEBHOOK_PORT,
} from './settings.ts';
import type { Settings } from './settings.ts';

/** Where the image has the package. */
const PROGRAM = '/opt/sluice/bin/sluice.js';

/** All replicas answer reviews; one of them leads. */
export function deployment(settings: Settings): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: own(NAME, settings),
    spec: {
      replicas: settings.replicas,
      revisionHistoryLimit: 5,
      // Never fewer than asked for: a new one has to serve before an old one goes.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: SELECTOR },
      template: {
        metadata: { labels: podLabels(settings), annotations: settings.podAnnotations },
        spec: podSpec(settings),
      },
    },
  };
}

function podSpec(settings: Settings): JsonObject {
  return {
    serviceAccountName: NAME,
    automountServiceAccountToken: true,
    priorityClassName: settings.priorityClassName,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    securityContext: settings.podSecurityContext,
    imagePullSecrets: settings.imagePullSecrets,
    nodeSelector: settings.nodeSelector,
    tolerations: settings.tolerations,
    affinity: settings.affinity,
    topologySpreadConstraints: settings.topologySpreadConstraints,
    containers: [container(settings)],
    ...certificateVolume(settings).pod,
  };
}

/** Without a preStop hook: a server that is told to stop is not ready from then on, and goes on answering for a while. */
function container(settings: Settings): JsonObject {
  return {
    name: 'server',
    image: settings.image,
    imagePullPolicy: settings.imagePullPolicy,
    command: ['node', PROGRAM],
    args: serveArguments(settings),
    env: settings.extraEnv,
    ports: [
      { name: 'webhook', containerPort: WEBHOOK_PORT, protocol: 'TCP' },
      { name: 'operations', containerPort: OPERATIONS_PORT, protocol: 'TCP' },
    ],
    // The server says that it lives from its first moment on, so there is nothing for a startup probe to wait for.
    livenessProbe: probe('/healthz', { periodSeconds: 10, failureThreshold: 6 }),
    readinessProbe: probe('/readyz', { periodSeconds: 2, failureThreshold: 2 }),
    resources: settings.resources,
    securityContext: settings.containerSecurityContext,
    ...certificateVolume(settings).container,
  };
}

function serveArguments(settings: Settings): readonly JsonValue[] {
  const flags: readonly (readonly [flag: string, value: JsonValue])[] = [
    ['namespace', settings.namespace],
    ['webhook-port', String(WEBHOOK_PORT)],
    ['operations-port', String(OPERATIONS_PORT)],
    ['drain-seconds', String(DRAIN_SECONDS)],
    ['scheduler-configmap', `${settings.namespace}/${SCHEDULER_CONFIGURATION}`],
    ['failure-policy', settings.failurePolicy],
    ['queue-authorisation', settings.queueAuthorisation],
    ['bypass-authorisation', settings.bypassAuthorisation],
    ['never-fits', settings.neverFits],
    ['lease-seconds', settings.leaseSeconds],
    ['log-level', settings.logLevel],
    ...certificateFlags(settings),
  ];
  return ['serve', '--keep-webhooks', ...flags.flatMap(([flag, value]) => [`--${flag}`, value])];
}

function probe(path: string, times: JsonObject): JsonObject {
  return { httpGet: { path, port: 'operations' }, timeoutSeconds: 5, ...times };
}
