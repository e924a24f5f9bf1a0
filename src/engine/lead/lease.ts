import { LEASES } from '../../api/resources.ts';
import type { JsonObject } from '../../lib/json.ts';
import { makeLease, readLease } from './lease-record.ts';
import type { LeaseRecord } from './lease-record.ts';
import { formatMicroTime } from '../events/micro-time.ts';
import type {
  Clock,
  ClusterWriter,
  Leadership,
  Logger,
  Metrics,
  Randomness,
  WriteOutcome,
  WriteRequest,
} from '../ports.ts';

/** Times of the election. `durationMs` - `renewDeadlineMs` is longer than a write may take: see `writeTimeoutMs`. */
export interface LeaseTimings {
  /** How long a lease that nobody was seen to renew stays taken. */
  readonly durationMs: number;
  /** How long the holder trusts a renewal, from the moment it was sent. */
  readonly renewDeadlineMs: number;
  readonly retryMs: number;
  /** Candidates wait up to this many times `retryMs`. */
  readonly jitter: number;
}

/** Values of client-go. */
export const LEASE_TIMINGS: LeaseTimings = Object.freeze({
  durationMs: 15_000,
  renewDeadlineMs: 10_000,
  retryMs: 2000,
  jitter: 1.2,
});

/** What an elector needs. The writer must not ask for leadership itself. */
export interface LeaderElectorOptions {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly metrics: Metrics;
  readonly log: Logger;
  readonly namespace: string;
  readonly name: string;
  /** Unique to this elector, never used again by another one. */
  readonly identity: string;
  /** Where people reach this process while it leads: told on the Lease. */
  readonly operations?: string | undefined;
  /** What nodes have left while it leads: told on the Lease with each renewal, for those that do not lead. */
  readonly freeRoom?: (() => string | undefined) | undefined;
  readonly timings?: LeaseTimings;
  readonly onAcquired: (term: AcquiredTerm) => void;
  /** Called when a term was lost rather than released, once: end what was built on it, since this elector has ended, too. */
  readonly onLost: (reason: string) => void;
}

/** A term that begins. */
export interface AcquiredTerm {
  /** Grows with each change of the holder. */
  readonly epoch: number;
  /** Nobody has led since this elector looked: what was read after that look shows all that earlier leaders wrote. */
  readonly followsNobody: boolean;
}

/** The longest that a write may take by default. */
const MAX_WRITE_MS = 4000;

/**
 * How long a write of a leader may take, so that one that was sent at the very end of its term is over before the next
 * leader can begin: four fifths of the time between the two.
 */
export function writeTimeoutMs({ durationMs, renewDeadlineMs }: LeaseTimings): number {
  return Math.min(MAX_WRITE_MS, Math.floor((durationMs - renewDeadlineMs) * 0.8));
}

/** Takes part in the election of the one that writes. */
export interface LeaderElector extends Leadership {
  /** Looks once whether somebody leads, before anything else is read. Resolves when it knows, or cannot know. */
  look(): Promise<void>;
  start(): void;
  /** Stops and gives the lease back, so that a successor need not wait. End own writes first. */
  stop(): Promise<void>;
}

/**
 * Leader election over a Lease object, judged only by changes seen here, on the monotonic clock. It is no fencing: a
 * write that was sent in time may arrive late, so every write needs a precondition and a time-out as well.
 */
export function createLeaderElector(options: LeaderElectorOptions): LeaderElector {
  return new LeaseElector(options);
}

class LeaseElector implements LeaderElector {
  readonly #options: LeaderElectorOptions;
  readonly #timings: LeaseTimings;
  #seen: LeaseRecord | undefined;
  /** When `#seen` was first seen to be as it is. */
  #seenAtMs = 0;
  /** Of the lease that `look` found given back. */
  #givenBackVersion = '';
  /** Of the lease that is being taken. */
  #takenVersion = '';
  #isHolder = false;
  /** When the latest successful renewal was sent. */
  #renewedAtMs = 0;
  #epoch = 0;
  #isRunning = false;
  #hasLost = false;
  #attempt: Promise<void> = Promise.resolve();
  #cancelRetry: () => void = nothing;
  #cancelDeadline: () => void = nothing;

  constructor(options: LeaderElectorOptions) {
    this.#options = options;
    this.#timings = options.timings ?? LEASE_TIMINGS;
  }

  get epoch(): number {
    return this.#epoch;
  }

  isLeader(): boolean {
    return this.#isHolder && this.#options.clock.monotonicMs() < this.#termEndsMs();
  }

  async look(): Promise<void> {
    const outcome = await this.#send({ verb: 'get', body: undefined });
    if (outcome.kind !== 'done' || outcome.object === undefined) return;
    const lease = readLease(outcome.object);
    this.#see(lease);
    if (lease.holder === '') this.#givenBackVersion = lease.resourceVersion;
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#options.metrics.gauge('sluice_leader', {}, 0);
    this.#next();
  }

  async stop(): Promise<void> {
    if (!this.#isRunning) return;
    this.#isRunning = false;
    this.#cancelRetry();
    await this.#attempt;
    const held = this.isLeader() ? this.#seen : undefined;
    this.#endTerm();
    if (held !== undefined) await this.#release(held);
  }

  #termEndsMs(): number {
    return this.#renewedAtMs + this.#timings.renewDeadlineMs;
  }

  #next(): void {
    this.#attempt = this.#try().then(() => {
      if (!this.#isRunning) return;
      const { retryMs, jitter } = this.#timings;
      const factor = this.#isHolder ? 1 : 1 + (jitter - 1) * this.#options.randomness.fraction();
      this.#cancelRetry = this.#options.clock.after(retryMs * factor, () => this.#next());
    });
  }

  /** A holder renews on what it wrote last, without reading first; everyone else reads. */
  async #try(): Promise<void> {
    // A process that was held still finds all its timers due at once, this one before the deadline's.
    if (this.#isHolder && !this.isLeader()) {
      this.#lose('the lease was not renewed in time');
      return;
    }
    const known = this.#isHolder ? this.#seen : undefined;
    if (known !== undefined && !mustRead(await this.#put(known))) return;
    const outcome = await this.#send({ verb: 'get', body: undefined });
    if (outcome.kind === 'notFound') await this.#create();
    else if (outcome.kind === 'done' && outcome.object !== undefined) await this.#judge(readLease(outcome.object));
    else this.#countFailure(outcome);
  }

  async #judge(lease: LeaseRecord): Promise<void> {
    this.#see(lease);
    const { identity } = this.#options;
    if (this.#isHolder && lease.holder !== identity) {
      this.#lose(`the lease is held by ${lease.holder === '' ? 'nobody' : lease.holder}`);
      return;
    }
    if (this.#hasLost) return;
    if (lease.holder !== '' && lease.holder !== identity && !this.#isExpired(lease)) return;
    await this.#put(lease);
  }

  /** Another candidate may have been configured with a longer lease: the longer one counts. */
  #isExpired(lease: LeaseRecord): boolean {
    const durationMs = Math.max(lease.durationMs, this.#timings.durationMs);
    return this.#options.clock.monotonicMs() >= this.#seenAtMs + durationMs;
  }

  async #create(): Promise<void> {
    if (this.#isHolder) {
      this.#lose('the lease was deleted');
      return;
    }
    // Somebody deleted a lease that another held: its holder may not know yet.
    if (this.#seen !== undefined && this.#seen.holder !== '' && !this.#isExpired(this.#seen)) return;
    const sentAtMs = this.#options.clock.monotonicMs();
    const transitions = this.#seen === undefined ? 0 : this.#seen.transitions + 1;
    const body = this.#content('', transitions, this.#wallTime());
    this.#takenVersion = '';
    await this.#takeAnswer(await this.#send({ verb: 'create', body }), sentAtMs);
  }

  /** Takes or renews the lease, on the condition that it is still as it was seen. */
  async #put(lease: LeaseRecord): Promise<WriteOutcome['kind']> {
    const sentAtMs = this.#options.clock.monotonicMs();
    const transitions = this.#isHolder ? lease.transitions : lease.transitions + 1;
    const acquireTime = this.#isHolder && lease.acquireTime !== '' ? lease.acquireTime : this.#wallTime();
    const body = this.#content(lease.resourceVersion, transitions, acquireTime);
    this.#takenVersion = lease.resourceVersion;
    const outcome = await this.#send({ verb: 'replace', body });
    await this.#takeAnswer(outcome, sentAtMs);
    return outcome.kind;
  }

  async #takeAnswer(outcome: WriteOutcome, sentAtMs: number): Promise<void> {
    if (outcome.kind !== 'done' || outcome.object === undefined) {
      this.#countFailure(outcome);
      return;
    }
    const lease = readLease(outcome.object);
    this.#see(lease);
    if (this.#isHolder) this.#renew(sentAtMs);
    else if (this.#isRunning) this.#beginTerm(lease, sentAtMs);
    else if (!this.#hasLost) await this.#release(lease);
  }

  #beginTerm(lease: LeaseRecord, sentAtMs: number): void {
    // An answer that took longer than the term is worth nothing; the next attempt will find our own name.
    if (this.#options.clock.monotonicMs() >= sentAtMs + this.#timings.renewDeadlineMs) return;
    this.#isHolder = true;
    this.#epoch = lease.transitions;
    this.#renewedAtMs = sentAtMs;
    this.#armDeadline();
    this.#report(true);
    this.#options.log.info('leadership acquired', { identity: this.#options.identity, epoch: this.#epoch });
    const followsNobody = this.#takenVersion !== '' && this.#takenVersion === this.#givenBackVersion;
    this.#options.onAcquired({ epoch: this.#epoch, followsNobody });
  }

  /** A term that ran out is over, even if a late answer says that the lease was renewed after all. */
  #renew(sentAtMs: number): void {
    if (this.#options.clock.monotonicMs() >= this.#termEndsMs()) {
      this.#lose('the lease was not renewed in time');
      return;
    }
    this.#renewedAtMs = sentAtMs;
    this.#armDeadline();
  }

  #armDeadline(): void {
    this.#cancelDeadline();
    const leftMs = Math.max(0, this.#termEndsMs() - this.#options.clock.monotonicMs());
    this.#cancelDeadline = this.#options.clock.after(leftMs, () => this.#lose('the lease was not renewed in time'));
  }

  /** The last thing that this elector does: it takes or renews nothing any more, and another one may follow under another name. */
  #lose(reason: string): void {
    if (!this.#isHolder) return;
    this.#hasLost = true;
    this.#isRunning = false;
    this.#cancelRetry();
    this.#endTerm();
    this.#options.log.error('leadership lost', { identity: this.#options.identity, reason });
    this.#options.onLost(reason);
  }

  #endTerm(): void {
    if (this.#isHolder) this.#report(false);
    this.#isHolder = false;
    this.#cancelDeadline();
  }

  /** The successor may start at once, hence only a leader whose term still runs may call this. */
  async #release(lease: LeaseRecord): Promise<void> {
    const body = makeLease({
      ...this.#place(),
      resourceVersion: lease.resourceVersion,
      marks: lease.marks,
      holder: '',
      durationMs: 1000,
      transitions: lease.transitions,
      acquireTime: this.#wallTime(),
      renewTime: this.#wallTime(),
    });
    await this.#send({ verb: 'replace', body });
  }

  #see(lease: LeaseRecord): void {
    if (this.#seen?.resourceVersion !== lease.resourceVersion) this.#seenAtMs = this.#options.clock.monotonicMs();
    this.#seen = lease;
  }

  #send(request: Pick<WriteRequest, 'verb' | 'body'>): Promise<WriteOutcome> {
    return this.#options.writer.write({
      ...request,
      ...this.#place(),
      type: LEASES,
      subresource: '',
      lane: 'decision',
    });
  }

  #place(): { readonly namespace: string; readonly name: string } {
    return { namespace: this.#options.namespace, name: this.#options.name };
  }

  #content(resourceVersion: string, transitions: number, acquireTime: string): JsonObject {
    return makeLease({
      ...this.#place(),
      resourceVersion,
      marks: resourceVersion === '' ? undefined : this.#seen?.marks,
      holder: this.#options.identity,
      operations: this.#options.operations,
      freeRoom: this.#options.freeRoom?.(),
      durationMs: this.#timings.durationMs,
      transitions,
      acquireTime,
      renewTime: this.#wallTime(),
    });
  }

  #wallTime(): string {
    return formatMicroTime(this.#options.clock.nowMs());
  }

  #countFailure(outcome: WriteOutcome): void {
    this.#options.metrics.count('sluice_lease_failures_total', { outcome: outcome.kind });
    this.#options.log.debug('lease not taken or renewed', { outcome: outcome.kind });
  }

  #report(isLeader: boolean): void {
    this.#options.metrics.gauge('sluice_leader', {}, isLeader ? 1 : 0);
    if (isLeader) this.#options.metrics.count('sluice_leader_terms_total', {});
  }
}

/** After an unknown outcome too, and at once: it took four of the ten seconds, and may have changed the version. */
function mustRead(outcome: WriteOutcome['kind']): boolean {
  return outcome === 'conflict' || outcome === 'notFound' || outcome === 'unknown';
}

function nothing(): void {}
