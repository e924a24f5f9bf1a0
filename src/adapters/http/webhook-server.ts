import { createServer } from 'node:https';
import type { Server, ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { checkPair, notAfterMs } from '../../../certs/renewal.ts';
import type { Admission } from '../../engine/admission/admission.ts';
import {
  CERTIFICATE_NOT_AFTER_SECONDS,
  CERTIFICATE_SWAPS_TOTAL,
  CONNECTION_ERRORS_TOTAL,
  HANDSHAKES_TOTAL,
} from '../../engine/admission/admission-metrics.ts';
import type { ServingMaterial } from '../../engine/certificates/certificate-maker.ts';
import type { Clock, Logger, Metrics } from '../../engine/ports.ts';
import { Arrivals } from './arrivals.ts';
import { refuseBrokenRequest } from './broken-request.ts';
import { ConnectionBook } from './connection-book.ts';
import { LoadGate } from './load-gate.ts';
import { ReviewExchange } from './review-exchange.ts';
import { SlowLane } from './slow-lane.ts';
import { ValueBudget } from './value-budget.ts';
import { DEFAULT_LIMITS } from './webhook-limits.ts';
import type { WebhookLimits } from './webhook-limits.ts';

/** What the webhook server needs; it may run in any thread, but never in that of the engine. */
export interface WebhookServerOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly material: ServingMaterial;
  /** By which its dates are judged, milliseconds since 1970; our own clock may be wrong. */
  readonly judgedMs?: number;
  /** PEM of the authorities of which a client must have a certificate; undefined: whoever reaches the port may ask. */
  readonly clientCaPem?: string | undefined;
  readonly admission: Admission;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: Partial<WebhookLimits>;
}

/** Empty when the new certificate is served from now on; else the old one stays, for these reasons. */
export type SwapProblems = readonly string[];

/** A listening webhook server. */
export interface WebhookServer {
  readonly port: number;
  /** False while it drains: a readiness check should say so. */
  readonly isReady: boolean;
  /** Reviews that wait for their answer. */
  readonly inFlight: number;
  /** Requests whose body is still coming. */
  readonly arriving: number;
  /** Serves new connections with another certificate; open ones go on with the old. */
  swapCertificate(material: ServingMaterial, judgedMs?: number): SwapProblems;
  /** Drains and closes; every call waits for the same end. */
  stop(): Promise<void>;
}

const MIN_TLS_VERSION = 'TLSv1.2';

/** Starts listening; rejects when the port is taken or the certificate cannot be used. */
export async function startWebhookServer(options: WebhookServerOptions): Promise<WebhookServer> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const { metrics, clock, log, material } = options;
  const problems = problemsOf(material, options.judgedMs ?? clock.nowMs());
  if (problems.length > 0) throw new Error(`cannot serve webhooks: ${problems.join('; ')}`);
  const gate = new LoadGate(limits);
  let stopping: Promise<void> | undefined;
  const isDraining = (): boolean => stopping !== undefined;
  const server = createServer(serverOptions(options, limits));
  const book = new ConnectionBook(server, limits);
  const arrivals = new Arrivals(clock, limits.bodyTimeoutMs);
  const lane = new SlowLane(clock, limits.maxLargeWaiting);
  const values = new ValueBudget(clock);
  const { admission, clientCaPem } = options;
  const wantsKnownClient = clientCaPem !== undefined;
  const context = { admission, gate, arrivals, lane, values, book, wantsKnownClient, metrics, clock, log, isDraining };
  server.on('request', (request, response) => new ReviewExchange(context, request, response).run());
  watchConnections(server, metrics);
  await listen(server, options.host, options.port);
  publishNotAfter(metrics, material);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get isReady() {
      return !isDraining();
    },
    get inFlight() {
      return gate.inFlight;
    },
    get arriving() {
      return arrivals.count;
    },
    swapCertificate: (next, judgedMs = clock.nowMs()) => swap(server, options, next, judgedMs),
    stop() {
      stopping ??= drain(server, book, limits);
      return stopping;
    },
  };
}

function serverOptions({ material, clientCaPem }: WebhookServerOptions, limits: WebhookLimits): ServerOptions {
  return {
    ...secureContext(material, clientCaPem),
    // A stranger is told so over HTTP, and our own probe is one.
    requestCert: clientCaPem !== undefined,
    rejectUnauthorized: false,
    handshakeTimeout: limits.handshakeTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    headersTimeout: Math.min(limits.headersTimeoutMs, limits.requestTimeoutMs),
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.connectionsCheckingIntervalMs,
  };
}

/** Complete each time: a swap replaces all of the context's options, not only the certificate. */
function secureContext(
  material: ServingMaterial,
  clientCaPem: string | undefined,
): Pick<ServerOptions, 'cert' | 'key' | 'ca' | 'minVersion'> {
  const pair = { cert: material.certificatePem, key: material.privateKeyPem, minVersion: MIN_TLS_VERSION } as const;
  return clientCaPem === undefined ? pair : { ...pair, ca: clientCaPem };
}

function swap(server: Server, options: WebhookServerOptions, next: ServingMaterial, judgedMs: number): SwapProblems {
  const { metrics, log } = options;
  const problems = [...problemsOf(next, judgedMs)];
  if (problems.length === 0) {
    try {
      server.setSecureContext(secureContext(next, options.clientCaPem));
    } catch (error) {
      problems.push(String(error));
    }
  }
  metrics.count(CERTIFICATE_SWAPS_TOTAL, { result: problems.length === 0 ? 'swapped' : 'refused' });
  if (problems.length === 0) {
    publishNotAfter(metrics, next);
    log.info('serving certificate swapped');
  } else {
    log.error('serving certificate kept: the new one cannot be used', { problems: problems.join('; ') });
  }
  return problems;
}

function problemsOf(material: ServingMaterial, nowMs: number): readonly string[] {
  return checkPair(material.certificatePem, material.privateKeyPem, material.bundlePem, nowMs);
}

function publishNotAfter(metrics: Metrics, material: ServingMaterial): void {
  metrics.gauge(CERTIFICATE_NOT_AFTER_SECONDS, {}, notAfterMs(material.certificatePem) / 1000);
}

function watchConnections(server: Server, metrics: Metrics): void {
  server.on('secureConnection', () => metrics.count(HANDSHAKES_TOTAL, {}));
  server.on('tlsClientError', (_error, socket) => {
    metrics.count(CONNECTION_ERRORS_TOTAL, { layer: 'tls' });
    socket.destroy();
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    metrics.count(CONNECTION_ERRORS_TOTAL, { layer: 'http' });
    refuseBrokenRequest(error, socket as Socket);
  });
}

function listen(server: Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, () => {
    server.off('error', reject);
    resolve();
  });
  return promise;
}

/**
 * The API server goes on using its idle connections to a server that leaves, and learns of the removal late. So the
 * server keeps taking connections for a while and lets each answer end its connection; only then does it close.
 */
async function drain(server: Server, book: ConnectionBook, limits: WebhookLimits): Promise<void> {
  await sleep(limits.drainWaitMs);
  const closed = Promise.withResolvers<void>();
  server.close(() => closed.resolve());
  book.closeUnused();
  const hardStop = setTimeout(() => book.closeAll(), limits.hardStopMs);
  await closed.promise;
  clearTimeout(hardStop);
}

function sleep(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, delayMs);
  });
}
