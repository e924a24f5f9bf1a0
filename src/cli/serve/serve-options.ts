import type { CertificateLives } from '../../adapters/certificates.ts';
import type { LogLevel } from '../../adapters/log.ts';
import type { PolicySource } from '../../config/policy-source.ts';
import type { LeaseTimings } from '../../engine/lead/lease.ts';
import { LEASE_TIMINGS } from '../../engine/lead/lease.ts';
import { RIGHT_MODES } from '../../../webhooks/rights/mode.ts';
import type { RightMode, RightModes } from '../../../webhooks/rights/mode.ts';
import type { NeverFits } from '../../../webhooks/admission.ts';
import { VOLCANO_NAMESPACE, volcanoRelease } from '../../api/volcano-release.ts';
import type { VolcanoRelease } from '../../api/volcano-release.ts';
import type { Role } from './role.ts';
import { ROLES } from './role.ts';

/** The options of `sluice serve` as the command line gives them, defaults filled in. */
export interface RawServeOptions {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly roles: string;
  readonly install?: boolean;
  readonly keepWebhooks?: boolean;
  readonly readOnly?: boolean;
  readonly webhookUrl?: string;
  readonly webhookPort?: string;
  readonly operationsPort: string;
  readonly compat?: string;
  readonly release?: string;
  readonly namespace?: string;
  readonly failurePolicy: string;
  readonly queueAuthorisation?: string;
  readonly bypassAuthorisation?: string;
  readonly neverFits: string;
  readonly schedulerConfig?: string;
  readonly schedulerConfigmap?: string;
  readonly leaseSeconds: string;
  readonly drainSeconds: string;
  readonly certificateSeconds: string;
  readonly certificateDays: string;
  readonly authorityDays: string;
  readonly certificateFolder?: string;
  readonly injectCaFrom?: string;
  readonly logLevel: string;
}

/** Checked options of `sluice serve`. */
export interface ServeOptions {
  /** Empty: the service account of the pod. */
  readonly kubeconfig: string;
  readonly context: string | undefined;
  readonly roles: ReadonlySet<Role>;
  readonly install: boolean;
  /** Fills in webhook configurations that others install and take away. */
  readonly keepsWebhooks: boolean;
  /** Serves reviews and writes nothing: others make the keys and fill in the configurations. */
  readonly isReadOnly: boolean;
  /** Undefined: the API server reaches the webhooks through a Service. */
  readonly webhookUrl: URL | undefined;
  readonly webhookPort: number;
  readonly operationsPort: number;
  /** Namespace of Sluice's own objects: Secrets, Lease. */
  readonly namespace: string;
  /** Names of Volcano's objects that are served in its place; undefined outside of compatibility mode. */
  readonly volcano: VolcanoRelease | undefined;
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly rights: RightModes;
  /** What becomes of work that can never start as the cluster is. */
  readonly neverFits: NeverFits;
  readonly policySource: PolicySource;
  readonly lease: LeaseTimings;
  readonly drainMs: number;
  /** How often the certificate is looked at. */
  readonly certificateCheckMs: number;
  readonly lives: CertificateLives;
  /** Where somebody else keeps the serving certificate; undefined: the built-in authority. */
  readonly certificateFolder: string | undefined;
  /** `namespace/name` of cert-manager's Certificate, written on webhook configurations of our making. */
  readonly injectCaFrom: string | undefined;
  readonly logLevel: LogLevel;
}

/** The options, or one sentence on what is wrong with them. */
export function readServeOptions(raw: RawServeOptions): ServeOptions | string {
  const roles = raw.roles.split(',').map((role) => role.trim());
  const unknown = roles.find((role) => !isRole(role));
  if (unknown !== undefined) return `--roles: ${JSON.stringify(unknown)} is not one of ${ROLES.join(', ')}`;
  const misplaced = misplacedFlag(raw, new Set(roles));
  if (misplaced !== undefined) return misplaced;
  const address = readAddress(raw);
  if (typeof address === 'string') return address;
  if (raw.failurePolicy !== 'Fail' && raw.failurePolicy !== 'Ignore') return '--failure-policy takes Fail or Ignore';
  const volcano = readRelease(raw);
  if (typeof volcano === 'string') return volcano;
  const rights = readRights(raw);
  if (typeof rights === 'string') return rights;
  if (!isNeverFits(raw.neverFits)) return '--never-fits takes warn, refuse or ignore';
  if (!isLogLevel(raw.logLevel)) return '--log-level takes debug, info, warn or error';
  const lease = readLease(Number(raw.leaseSeconds));
  if (lease === undefined) return '--lease-seconds takes a number from 1 to 300';
  const namespace = raw.namespace ?? (volcano === undefined ? SLUICE_NAMESPACE : VOLCANO_NAMESPACE);
  const policySource = readPolicySource(raw, volcano, namespace);
  if (typeof policySource === 'string') return policySource;
  const times = readTimes(raw);
  if (typeof times === 'string') return times;
  return {
    ...address,
    kubeconfig: raw.kubeconfig ?? '',
    context: raw.context,
    roles: new Set(roles.filter(isRole)),
    install: raw.install === true,
    keepsWebhooks: raw.keepWebhooks === true,
    isReadOnly: raw.readOnly === true,
    namespace,
    volcano,
    failurePolicy: raw.failurePolicy,
    rights,
    neverFits: raw.neverFits,
    policySource,
    lease,
    ...times,
    logLevel: raw.logLevel,
  };
}

/** What nobody could act on, in one sentence. */
function misplacedFlag(
  { readOnly, keepWebhooks, install }: RawServeOptions,
  roles: ReadonlySet<string>,
): string | undefined {
  if (readOnly !== true) return undefined;
  if (roles.size !== 1 || !roles.has('webhook')) return '--read-only goes with --roles webhook';
  return install === true || keepWebhooks === true
    ? '--read-only writes nothing: --install and --keep-webhooks go elsewhere'
    : undefined;
}

function readRelease({ compat, release }: RawServeOptions): VolcanoRelease | undefined | string {
  if (compat === undefined) return release === undefined ? undefined : '--release goes with --compat volcano';
  if (compat !== 'volcano') return '--compat takes volcano';
  if (release === undefined) return '--compat volcano takes --release, the name under which Volcano was installed';
  const isName = /^[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?$/.test(release);
  return isName ? volcanoRelease(release) : `--release: ${JSON.stringify(release)} is no name of a release`;
}

/** Volcano knows no rights to queues: who moves from it is told, and nothing stops. */
function readRights(raw: RawServeOptions): RightModes | string {
  const usual = raw.compat === undefined ? 'enforce' : 'warn';
  const { queueAuthorisation: queues = usual, bypassAuthorisation: bypass = usual } = raw;
  if (!isRightMode(queues)) return `--queue-authorisation takes ${RIGHT_MODES.join(', ')}`;
  if (!isRightMode(bypass)) return `--bypass-authorisation takes ${RIGHT_MODES.join(', ')}`;
  return { queues, bypass };
}

function isRightMode(text: string): text is RightMode {
  return (RIGHT_MODES as readonly string[]).includes(text);
}

function readPolicySource(
  { schedulerConfig, schedulerConfigmap }: RawServeOptions,
  volcano: VolcanoRelease | undefined,
  ownNamespace: string,
): PolicySource | string {
  if (schedulerConfigmap === undefined) {
    if (schedulerConfig !== undefined) return { kind: 'file', path: schedulerConfig };
    if (volcano === undefined) return { kind: 'default' };
    return { kind: 'configMap', namespace: ownNamespace, name: volcano.schedulerConfigMap, isVolcanos: true };
  }
  if (schedulerConfig !== undefined) return '--scheduler-config and --scheduler-configmap exclude each other';
  const [namespace = '', name = '', ...rest] = schedulerConfigmap.split('/');
  if (namespace === '' || name === '' || rest.length > 0) {
    return `--scheduler-configmap: ${JSON.stringify(schedulerConfigmap)} is not NAMESPACE/NAME`;
  }
  return { kind: 'configMap', namespace, name };
}

type Address = Pick<ServeOptions, 'webhookUrl' | 'webhookPort' | 'operationsPort'>;

function readAddress(raw: RawServeOptions): Address | string {
  const webhookUrl = raw.webhookUrl === undefined ? undefined : readUrl(raw.webhookUrl);
  if (webhookUrl === null) return `--webhook-url: ${JSON.stringify(raw.webhookUrl)} is not an https URL`;
  if (webhookUrl?.port === '') return `--webhook-url: ${JSON.stringify(raw.webhookUrl)} has no port`;
  const webhookPort = readPort(raw.webhookPort ?? webhookUrl?.port ?? WEBHOOK_PORT);
  const operationsPort = readPort(raw.operationsPort);
  if (webhookPort === undefined || operationsPort === undefined) {
    return '--webhook-port and --operations-port take 0 to 65535';
  }
  return { webhookUrl, webhookPort, operationsPort };
}

type Certificates = Pick<ServeOptions, 'lives' | 'certificateFolder' | 'injectCaFrom'>;
type Times = Pick<ServeOptions, 'drainMs' | 'certificateCheckMs'>;

function readTimes(raw: RawServeOptions): (Times & Certificates) | string {
  const drainMs = Number(raw.drainSeconds) * 1000;
  if (!(drainMs >= 0 && drainMs <= MAX_DRAIN_MS)) return '--drain-seconds takes a number from 0 to 60';
  const certificateCheckMs = Number(raw.certificateSeconds) * 1000;
  if (!(certificateCheckMs >= 1000 && certificateCheckMs <= MAX_CERTIFICATE_CHECK_MS)) {
    return '--certificate-seconds takes a number from 1 to 3600';
  }
  const certificates = readCertificates(raw, certificateCheckMs);
  return typeof certificates === 'string' ? certificates : { drainMs, certificateCheckMs, ...certificates };
}

function readCertificates(raw: RawServeOptions, checkMs: number): Certificates | string {
  const { certificateFolder, injectCaFrom } = raw;
  if (injectCaFrom !== undefined && certificateFolder === undefined && raw.roles.includes('webhook'))
    return '--inject-ca-from goes with --certificate-folder';
  if (injectCaFrom !== undefined && !/^[^/]+\/[^/]+$/.test(injectCaFrom))
    return `--inject-ca-from: ${JSON.stringify(injectCaFrom)} is not NAMESPACE/CERTIFICATE`;
  const lives = readLives(raw, checkMs);
  return typeof lives === 'string' ? lives : { lives, certificateFolder, injectCaFrom };
}

/** A certificate that is renewed after a third of its life or later has to live for some looks. */
function readLives({ certificateDays, authorityDays }: RawServeOptions, checkMs: number): CertificateLives | string {
  const servingMs = Number(certificateDays) * DAY_MS;
  const authorityMs = Number(authorityDays) * DAY_MS;
  if (!(servingMs >= LEAST_LOOKS * checkMs && servingMs <= MOST_DAYS * DAY_MS))
    return `--certificate-days takes a number up to ${MOST_DAYS}, at least ${LEAST_LOOKS} times --certificate-seconds`;
  if (!(authorityMs >= LEAST_SERVINGS * servingMs && authorityMs <= MOST_DAYS * DAY_MS))
    return `--authority-days takes a number up to ${MOST_DAYS}, at least ${LEAST_SERVINGS} times --certificate-days`;
  return { servingMs, authorityMs };
}

const SLUICE_NAMESPACE = 'sluice-system';
const WEBHOOK_PORT = '9443';
const DAY_MS = 86_400_000;
const MOST_DAYS = 3650;
const LEAST_LOOKS = 8;
const LEAST_SERVINGS = 4;
const MAX_DRAIN_MS = 60_000;
const MAX_CERTIFICATE_CHECK_MS = 3_600_000;

function isRole(text: string): text is Role {
  return (ROLES as readonly string[]).includes(text);
}

function isNeverFits(text: string): text is NeverFits {
  return ['warn', 'refuse', 'ignore'].includes(text);
}

function isLogLevel(text: string): text is LogLevel {
  return ['debug', 'info', 'warn', 'error'].includes(text);
}

/** Null when it is no https URL. */
function readUrl(text: string): URL | null {
  const url = URL.parse(text);
  return url?.protocol === 'https:' ? url : null;
}

function readPort(text: string): number | undefined {
  const port = Number(text);
  return Number.isInteger(port) && port >= 0 && port <= 65_535 ? port : undefined;
}

/** Shorter leases keep the proportions of the default one. */
function readLease(seconds: number): LeaseTimings | undefined {
  if (!(seconds >= 1 && seconds <= 300)) return undefined;
  const factor = (seconds * 1000) / LEASE_TIMINGS.durationMs;
  const { durationMs, renewDeadlineMs, retryMs, jitter } = LEASE_TIMINGS;
  return {
    durationMs: durationMs * factor,
    renewDeadlineMs: renewDeadlineMs * factor,
    retryMs: retryMs * factor,
    jitter,
  };
}
