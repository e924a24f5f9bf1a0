import { Agent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { createAuthority } from '../../../certs/authority.ts';
import { issueServing } from '../../../certs/serving.ts';
import type { Clock, Metrics } from '../../../src/engine/ports.ts';
import type { Admission } from '../../../src/engine/admission/admission.ts';
import { createAdmission } from '../../../src/engine/admission/admission.ts';
import type { FailureMode } from '../../../src/engine/admission/admission-answer.ts';
import type { ServingMaterial } from '../../../src/engine/certificates/certificate-maker.ts';
import { startWebhookServer } from '../../../src/adapters/http/webhook-server.ts';
import type { WebhookServer } from '../../../src/adapters/http/webhook-server.ts';
import type { WebhookLimits } from '../../../src/adapters/http/webhook-limits.ts';
import { member, objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { AdmitFn } from '../../../webhooks/admission.ts';
import { PODS } from '../../../src/api/resources.ts';
import { admissionRow } from '../../../webhooks/row.ts';
import type { AdmissionRow } from '../../../webhooks/row.ts';
import { NOBODY_KNOWS } from '../../support/questions.ts';
import { QUIET_LOG } from '../../support/quiet-log.ts';
import { view } from '../../webhooks/fixture.ts';

const DAY_MS = 86_400_000;

/** A view of an empty cluster. */
const EMPTY_VIEW = view({ synced: false, queues: {} });

/** Wall and monotonic clock of the machine. */
export const SYSTEM_CLOCK: Clock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Metrics that remember the counts by `name{label values}`. */
export class RecordedMetrics implements Metrics {
  readonly counts = new Map<string, number>();
  readonly gauges = new Map<string, number>();

  count(name: string, labels: Readonly<Record<string, string>>, by = 1): void {
    const key = `${name}{${Object.values(labels).join(',')}}`;
    this.counts.set(key, (this.counts.get(key) ?? 0) + by);
  }

  gauge(name: string, _labels: Readonly<Record<string, string>>, value: number): void {
    this.gauges.set(name, value);
  }

  observe(): void {}

  drop(): void {}
}

/** An authority with a serving certificate for localhost and 127.0.0.1. */
export async function makeMaterial(commonName = 'test-ca'): Promise<ServingMaterial> {
  const nowMs = Date.now();
  const authority = await createAuthority({ nowMs, commonName, validForMs: 2 * DAY_MS });
  const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] };
  const serving = await issueServing(authority, { ...names, nowMs, validForMs: DAY_MS });
  return { ...serving, bundlePem: authority.certificatePem };
}

/** A row that answers reviews of pods. */
export function podRow(phase: AdmissionRow['phase'], admit: AdmitFn): AdmissionRow {
  return admissionRow({ id: `${phase}-pods`, phase, type: PODS, operations: ['CREATE', 'UPDATE', 'DELETE'], admit });
}

/** Fails closed: only an object that says `open: sesame` in its labels is allowed. */
export function sesameOnly(request: Parameters<AdmitFn>[0]): ReturnType<AdmitFn> {
  const object = request.operation === 'DELETE' ? request.oldObject : request.object;
  const said = stringAt(object, ['metadata', 'labels', 'open']);
  if (said === 'sesame') return { kind: 'allow', patch: [], warnings: [], audit: {} };
  const error = { path: 'metadata.labels[open]', kind: 'FieldValueInvalid', value: said, message: 'closed' } as const;
  return { kind: 'deny', code: 403, reason: 'InvalidQueueSpec', errors: [error] };
}

/** Admission over rows, with recorded metrics. */
export function makeAdmission(
  table: readonly AdmissionRow[],
  metrics: Metrics = new RecordedMetrics(),
  failureMode: FailureMode = 'deny',
): Admission {
  return createAdmission({
    table,
    view: EMPTY_VIEW,
    questions: NOBODY_KNOWS,
    metrics,
    clock: SYSTEM_CLOCK,
    log: QUIET_LOG,
    failureMode,
  });
}

/** A server on a free port of the loopback. */
export function startServer(
  material: ServingMaterial,
  admission: Admission,
  limits: Partial<WebhookLimits> = {},
  metrics: Metrics = new RecordedMetrics(),
): Promise<WebhookServer> {
  const quick = { drainWaitMs: 0, ...limits };
  const log = QUIET_LOG;
  const clock = SYSTEM_CLOCK;
  return startWebhookServer({ host: '127.0.0.1', port: 0, material, admission, metrics, clock, log, limits: quick });
}

/** Leaves every review whose uid begins with `held` without an answer until `release`. */
export class HoldingAdmission implements Admission {
  readonly #inner: Admission;
  readonly #released = Promise.withResolvers<void>();

  constructor(inner: Admission) {
    this.#inner = inner;
  }

  review(...[phase, request, terms]: Parameters<Admission['review']>): ReturnType<Admission['review']> {
    const answer = (): ReturnType<Admission['review']> => this.#inner.review(phase, request, terms);
    return request.uid.startsWith('held') ? this.#released.promise.then(answer) : answer();
  }

  serves(...[phase, rowId]: Parameters<Admission['serves']>): boolean {
    return this.#inner.serves(phase, rowId);
  }

  shed(...asked: Parameters<Admission['shed']>): ReturnType<Admission['shed']> {
    return this.#inner.shed(...asked);
  }

  release(): void {
    this.#released.resolve();
  }
}

/** A review of a pod that asks to be created. */
export function podReview(uid: string, labels: JsonObject = {}, extra: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid,
      kind: { group: '', version: 'v1', kind: 'Pod' },
      resource: { group: '', version: 'v1', resource: 'pods' },
      namespace: 'lab',
      operation: 'CREATE',
      userInfo: { username: 'alice' },
      object: { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'p-', labels }, spec: { containers: [] } },
      oldObject: null,
      dryRun: false,
      ...extra,
    },
  };
}

/** What came back for one request. */
export interface Received {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** An agent that trusts the material's authority. */
export function makeAgent(material: ServingMaterial, maxSockets = 8, keepAlive = true): Agent {
  // Without a session cache each fresh connection is a full handshake.
  return new Agent({ ca: material.bundlePem, keepAlive, maxSockets, maxCachedSessions: 0 });
}

/** Sends a body; JSON unless the headers say otherwise. */
export function post(
  agent: Agent,
  port: number,
  path: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
  method = 'POST',
): Promise<Received> {
  const { promise, resolve, reject } = Promise.withResolvers<Received>();
  const sent = { 'Content-Type': 'application/json', 'Content-Length': String(Buffer.byteLength(body)), ...headers };
  const request = httpsRequest({ agent, host: '127.0.0.1', port, path, method, headers: sent }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', reject);
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
  });
  request.on('error', reject);
  request.end(body);
  return promise;
}

/** Resolves when the connection is gone, whatever ended it. */
export function closeOf(socket: Socket): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on('error', () => undefined);
  if (socket.destroyed) resolve();
  else socket.once('close', () => resolve());
  return promise;
}

/** The `response` of a review's text. */
export function responseOf(text: string): JsonObject {
  const parsed: unknown = JSON.parse(text);
  return objectAt(parsed, 'response');
}

/** True when the text is a review that allows. */
export function isAllowed(text: string): boolean {
  return member(responseOf(text), 'allowed') === true;
}
