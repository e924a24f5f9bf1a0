import type { ConnectionLimits } from './connection-book.ts';
import type { LoadLimits } from './load-gate.ts';

/** Limits and waits of the webhook server. */
export interface WebhookLimits extends LoadLimits, ConnectionLimits {
  readonly handshakeTimeoutMs: number;
  /** Longer than the 90 s after which clients drop idle connections: who hangs up first races with a request. */
  readonly keepAliveTimeoutMs: number;
  readonly headersTimeoutMs: number;
  /** Headers and body together; cut to this, the headers' time never exceeds it. */
  readonly requestTimeoutMs: number;
  /** From the headers to the last byte of the body. */
  readonly bodyTimeoutMs: number;
  /** Reviews of more than 64 KiB that wait for their turn; beyond it they are turned away. */
  readonly maxLargeWaiting: number;
  /** How often slow requests are looked for. */
  readonly connectionsCheckingIntervalMs: number;
  /** How long a stopping server still takes connections. */
  readonly drainWaitMs: number;
  /** After the wait, how long open requests may still take before their connections are cut. */
  readonly hardStopMs: number;
}

/** For a cluster; a local run wants a shorter `drainWaitMs`. */
export const DEFAULT_LIMITS: WebhookLimits = Object.freeze({
  maxInFlight: 1_000,
  maxBufferedBytes: 64 * 1024 * 1024,
  maxConnections: 4_096,
  maxConnectionsPerPeer: 1_024,
  handshakeTimeoutMs: 10_000,
  keepAliveTimeoutMs: 120_000,
  headersTimeoutMs: 32_000,
  requestTimeoutMs: 30_000,
  bodyTimeoutMs: 5_000,
  maxLargeWaiting: 32,
  connectionsCheckingIntervalMs: 5_000,
  drainWaitMs: 12_000,
  hardStopMs: 13_000,
});
