import type { JsonValue } from '../../src/lib/json.ts';
import type { RightMode } from '../../webhooks/rights/mode.ts';

/** Whose place Sluice takes. */
export type CompatMode = 'none' | 'volcano';

/** Who makes the serving certificate. */
export type CertificateMode = 'built-in' | 'cert-manager';

/**
 * What an installation may choose. Each is a value that stands in the manifests: a fixed one in static manifests, an
 * expression over the values in the chart.
 */
export interface Settings {
  /** Stands inside of other texts too, so it is always a text. */
  readonly namespace: string;
  readonly version: string;
  /** Which objects there are hangs on it, so it is never an expression. */
  readonly certificates: CertificateMode;
  /** The Helm release of the Volcano in whose place this is; undefined for none. Which objects there are hangs on that, too. */
  readonly volcano: string | undefined;
  /** Who signs cert-manager's Certificate, how long that lives, and when it is renewed. */
  readonly issuerRef: JsonValue;
  readonly certificateDuration: JsonValue;
  readonly certificateRenewBefore: JsonValue;
  readonly image: JsonValue;
  readonly imagePullPolicy: JsonValue;
  readonly imagePullSecrets: JsonValue;
  readonly replicas: JsonValue;
  readonly schedulerReplicas: JsonValue;
  readonly resources: JsonValue;
  readonly nodeSelector: JsonValue;
  readonly tolerations: JsonValue;
  readonly affinity: JsonValue;
  readonly topologySpreadConstraints: JsonValue;
  readonly priorityClassName: JsonValue;
  readonly podAnnotations: JsonValue;
  readonly podSecurityContext: JsonValue;
  readonly containerSecurityContext: JsonValue;
  readonly extraEnv: JsonValue;
  readonly maxUnavailable: JsonValue;
  readonly failurePolicy: JsonValue;
  /** What becomes of who lacks a right; the second is what it is where nobody chose. */
  readonly authorisation: (right: 'queue' | 'bypass', usual: RightMode) => JsonValue;
  readonly neverFits: JsonValue;
  readonly leaseSeconds: JsonValue;
  readonly logLevel: JsonValue;
  /** Peers that may speak to the operations port; an empty list means all. */
  readonly operationsFrom: JsonValue;
  /** Where the pages about alerts are; they stand inside of other texts. */
  readonly runbooks: string;
  /** What the pods may speak to. */
  readonly egress: JsonValue;
}

export const METRICS_SERVICE = 'sluice-metrics';
export const NAMESPACE = 'sluice-system';
export const NAME = 'sluice';
export const SERVICE = 'sluice-webhook';
/** As whom reviews are answered; all else is done as `NAME`. */
export const WEBHOOK_ACCOUNT = 'sluice-webhook';
export const SCHEDULER_CONFIGURATION = 'sluice-scheduler';
export const WEBHOOK_PORT = 9443;
/** Where Volcano's Service leads to, and the label of the pods that it leads to. */
export const VOLCANO_WEBHOOK_PORT = 8443;
export const VOLCANO_POD_LABEL = { app: 'volcano-admission' };
export const OPERATIONS_PORT = 8080;
/** Another one: both kinds of pods may run on one address. */
export const SCHEDULER_OPERATIONS_PORT = 8081;
/** A stopping server answers so long, has ten seconds more to end, and some to spare. */
export const DRAIN_SECONDS = 12;
export const GRACE_SECONDS = 40;
