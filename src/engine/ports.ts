import type { PodQuestion } from '../controllers/pod-question.ts';
import type { ResourceType } from '../api/resources.ts';
import type { JsonObject } from '../lib/json.ts';

/** One write (or single read) to the API server. Every write carries a precondition in its body: UID or resourceVersion. */
export interface WriteRequest {
  readonly verb: 'get' | 'create' | 'mergePatch' | 'strategicPatch' | 'apply' | 'replace' | 'delete';
  readonly type: ResourceType;
  readonly namespace: string;
  readonly name: string;
  /** `binding`, `eviction`, `status` or empty. */
  readonly subresource: string;
  readonly body: JsonObject | undefined;
  /** `decision` writes go before `status` writes, those before `event` writes, whenever connections are short. */
  readonly lane: 'decision' | 'status' | 'event';
  /** Of an apply: who owns the fields from then on; `sluice` unless said otherwise. */
  readonly manager?: string;
  /** Nothing is stored: the server only says what it would do. */
  readonly isTrial?: boolean;
}

/** What became of a write. Never thrown: every answer of the server and of the network is a value. */
export type WriteOutcome =
  | { readonly kind: 'done'; readonly object: JsonObject | undefined }
  /** 409: exists already, resourceVersion moved on, or the pod is assigned; the message tells. */
  | { readonly kind: 'conflict'; readonly message: string }
  | { readonly kind: 'notFound'; readonly message: string }
  /** 400, 401, 403, 405, 413, 415, 422, or `REFUSED_BY_BUDGET`: repeating the same write is pointless. */
  | { readonly kind: 'refused'; readonly code: number; readonly message: string }
  /** 429 or 503 with a time to wait: nothing was written. */
  | { readonly kind: 'throttled'; readonly retryAfterMs: number; readonly message: string }
  /** Time-out, 5xx or a broken connection: it may or may not have been written. */
  | { readonly kind: 'unknown'; readonly message: string }
  /** Not sent: this process does not lead (any more). */
  | { readonly kind: 'notLeader' };

/** Code of an eviction that a disruption budget does not allow; flow control, whose number it shares, is `throttled`. */
export const REFUSED_BY_BUDGET = 429;

export interface ClusterWriter {
  write(request: WriteRequest): Promise<WriteOutcome>;
}

/** Changes of one kind as seen by a reflector, in resourceVersion order. */
export type Change<T> =
  /** A complete list: everything not in it is gone. */
  | { readonly kind: 'replace'; readonly records: readonly T[] }
  | { readonly kind: 'upsert'; readonly record: T }
  | { readonly kind: 'delete'; readonly record: T };

/** Takes the changes of one kind; called from a bounded queue, never from a socket callback. A throw is fatal. */
export type ChangeHandler<T> = (changes: readonly Change<T>[]) => void;

export interface Reflector {
  start(): void;
  stop(): Promise<void>;
  /** The first list has been handed over completely, and reading is allowed. */
  readonly synced: boolean;
  /** Why nobody should decide on what was handed over: not listed yet, refused, broken off, silent. */
  problem(): string | undefined;
  /** Resolves once everything that the server has taken by now is handed over, or the reflector was stopped. */
  catchUp(): Promise<void>;
}

/** A kind as an API server names it. */
export interface ServedResource {
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

/** What kinds an API server serves, defined by whomever. */
export interface Discovery {
  /** Every `group/version` of a named group; undefined when it could not be learned. */
  groupVersions(): Promise<ReadonlySet<string> | undefined>;
  /** The kinds of one `group/version` that can be listed and watched; undefined when it could not be learned. */
  resources(groupVersion: string): Promise<readonly ServedResource[] | undefined>;
}

export interface Clock {
  /** Wall clock, milliseconds since 1970: for stamps people read. */
  nowMs(): number;
  /** Monotonic milliseconds: for durations and deadlines. */
  monotonicMs(): number;
  /** Runs the task once after the delay; the returned function cancels it. */
  after(delayMs: number, task: () => void): () => void;
}

export type LogFields = Readonly<Record<string, string | number | boolean>>;

export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}

/** Names are those of docs/metrics.md, without prefix handling: what is passed is what Prometheus sees. */
export interface Metrics {
  count(name: string, labels: Readonly<Record<string, string>>, by?: number): void;
  gauge(name: string, labels: Readonly<Record<string, string>>, value: number): void;
  observe(name: string, labels: Readonly<Record<string, string>>, value: number): void;
  /** What the label names is gone: every gauge drops its series with this value, in a moment. */
  drop(label: string, value: string): void;
}

export interface Leadership {
  /** True while the lease was renewed recently enough that a write finishing now is still ours. */
  isLeader(): boolean;
  /** Grows by one with each change of leader (`spec.leaseTransitions`). */
  readonly epoch: number;
}

/** Asks pods whether they answer, within a short time. Never rejects: who does not answer is not up. */
export interface PodProber {
  ask(question: PodQuestion): Promise<boolean>;
}

/** Random text for ids and jitter in [0, 1): injected so that the simulator can replay. */
export interface Randomness {
  id(): string;
  fraction(): number;
}

/** A pair of keys as ssh has them in its files. */
export interface RsaKeyPair {
  /** PKCS#1 in PEM. */
  readonly privateKey: string;
  /** One line: `ssh-rsa`, the key in base64, a line break. */
  readonly publicKey: string;
}

/** Keys that nobody can guess; in the simulator, ones that everybody can. */
export interface KeyMaker {
  rsaPair(): Promise<RsaKeyPair>;
}
