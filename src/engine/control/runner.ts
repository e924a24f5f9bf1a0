import type { Effect, WriteEffect } from '../../controllers/effect.ts';
import { applyEffects } from './applier.ts';
import type { ApplierPorts, ApplyOutcome } from './applier.ts';
import type { Clock, Logger, Metrics, Randomness } from '../ports.ts';
import { WorkQueue } from './work-queue.ts';

/** One controller, as the runner sees it: keys in, effects out. */
export interface Reconciler {
  /** Shown in logs and metrics. */
  readonly name: string;
  /** Keys whose writes may be under way at once. */
  readonly workers: number;
  /** Pure over the state at the moment of the call. */
  readonly reconcile: (key: string) => readonly Effect[];
  /** Called once all effects of a reconcile were carried out. */
  readonly onApplied: (key: string, effects: readonly Effect[]) => void;
}

export interface RunnerPorts extends ApplierPorts {
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** The watch shows what the write changed, or will never show it. */
  readonly isSeen: (write: WriteEffect) => boolean;
}

/** How long writes of ours may stay unseen by the watches before their key is looked at regardless. */
const UNSEEN_WRITE_MS = 5_000;
/** How often a key that something has woken looks for them: what shows the last one need not wake it, as the end of a Command. */
const UNSEEN_LOOK_MS = 200;
/** Keys looked at before other work of the event loop gets its turn. */
const KEYS_PER_TURN = 64;
/** A refused write is repeated, since what refused it may change, but not in a hurry. */
const REFUSED_WAIT_MS = 1_000;

interface UnseenWrites {
  /** Those that were seen are taken off at the end, so that a thousand writes are not asked about a thousand times. */
  readonly writes: WriteEffect[];
  readonly untilMs: number;
}

/** Works the keys of one controller off: observe, decide, write, and again when something failed or is not seen yet. */
export class Runner {
  readonly #reconciler: Reconciler;
  readonly #ports: RunnerPorts;
  readonly #queue: WorkQueue;
  /** Writes that the watches have not all shown yet: deciding before they have would repeat them. */
  readonly #unseen = new Map<string, UnseenWrites>();
  readonly #running = new Set<Promise<void>>();
  #isStarted = false;
  #isTurnDue = false;

  constructor(reconciler: Reconciler, ports: RunnerPorts) {
    this.#reconciler = reconciler;
    this.#ports = ports;
    this.#queue = new WorkQueue(ports.clock, ports.randomness, () => this.#callTurn());
  }

  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** Asks for a reconcile of the key; nothing happens while the runner is stopped. */
  add(key: string): void {
    if (this.#isStarted) this.#queue.add(key);
  }

  /** Asks for a reconcile of the key after the delay. */
  addAfter(key: string, delayMs: number): void {
    if (this.#isStarted) this.#queue.addAfter(key, delayMs);
  }

  start(): void {
    this.#isStarted = true;
  }

  /** Takes no further key; resolves when the writes under way have their answers. */
  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#queue.clear();
    await Promise.all(this.#running);
    this.#unseen.clear();
  }

  /** Keys are taken after the caller is done: a batch of changes is observed as a whole. */
  #callTurn(): void {
    if (this.#isTurnDue) return;
    this.#isTurnDue = true;
    void Promise.resolve().then(() => this.#turn());
  }

  #turn(): void {
    this.#isTurnDue = false;
    for (let taken = 0; this.#isStarted && this.#running.size < this.#reconciler.workers; taken += 1) {
      if (taken === KEYS_PER_TURN) {
        this.#isTurnDue = true;
        this.#ports.clock.after(0, () => this.#turn());
        return;
      }
      const key = this.#queue.take();
      if (key === undefined) return;
      this.#work(key);
    }
  }

  #work(key: string): void {
    const effects = this.#decide(key);
    if (effects === undefined || effects.length === 0) {
      this.#queue.done(key);
      return;
    }
    const running = this.#apply(key, effects).finally(() => {
      this.#running.delete(running);
      this.#queue.done(key);
      if (this.#queue.ready > 0) this.#callTurn();
    });
    this.#running.add(running);
  }

  /** Undefined when it is too early to decide, or when deciding failed; the key comes back by itself then. */
  #decide(key: string): readonly Effect[] | undefined {
    if (this.#isWriteUnseen(key)) return undefined;
    try {
      const effects = this.#reconciler.reconcile(key);
      if (effects.length === 0) this.#queue.forget(key);
      return effects;
    } catch (error) {
      this.#reportBug(key, error);
      return undefined;
    }
  }

  #isWriteUnseen(key: string): boolean {
    const unseen = this.#unseen.get(key);
    if (unseen === undefined) return false;
    const leftMs = unseen.untilMs - this.#ports.clock.monotonicMs();
    if (leftMs > 0 && !this.#areSeen(unseen.writes)) {
      this.#queue.addAfter(key, Math.min(leftMs, UNSEEN_LOOK_MS));
      return true;
    }
    this.#unseen.delete(key);
    return false;
  }

  #areSeen(writes: WriteEffect[]): boolean {
    for (let last = writes.at(-1); last !== undefined; last = writes.at(-1)) {
      if (!this.#ports.isSeen(last)) return false;
      writes.pop();
    }
    return true;
  }

  async #apply(key: string, effects: readonly Effect[]): Promise<void> {
    try {
      const outcome = await applyEffects(effects, this.#ports);
      if (this.#isStarted) this.#settle(key, effects, outcome);
    } catch (error) {
      this.#reportBug(key, error);
    }
  }

  #settle(key: string, effects: readonly Effect[], outcome: ApplyOutcome): void {
    this.#count(outcome.kind === 'retry' ? outcome.cause : outcome.kind);
    if (outcome.kind !== 'done') {
      this.#retryLater(key, outcome);
      return;
    }
    this.#queue.forget(key);
    this.#reconciler.onApplied(key, effects);
    if (outcome.written.length > 0) {
      this.#unseen.set(key, {
        writes: [...outcome.written],
        untilMs: this.#ports.clock.monotonicMs() + UNSEEN_WRITE_MS,
      });
      this.#queue.addAfter(key, UNSEEN_WRITE_MS);
    }
    if (outcome.requeueAfterMs !== undefined) this.#queue.addAfter(key, outcome.requeueAfterMs);
  }

  #retryLater(key: string, outcome: Exclude<ApplyOutcome, { kind: 'done' }>): void {
    const fields = { controller: this.#reconciler.name, key, message: outcome.message };
    if (outcome.kind === 'refused') {
      this.#ports.log.warn('the API server refused a write', { ...fields, code: outcome.code });
      this.#queue.addAfterFailure(key, REFUSED_WAIT_MS);
      return;
    }
    this.#ports.log.debug('a write is tried again', { ...fields, cause: outcome.cause });
    this.#queue.addAfterFailure(key, outcome.atLeastMs);
  }

  /** A bug in one key must not stop the others. */
  #reportBug(key: string, error: unknown): void {
    this.#count('error');
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#ports.log.error('a reconcile failed', { controller: this.#reconciler.name, key, message });
    if (this.#isStarted) this.#queue.addAfterFailure(key);
  }

  #count(result: string): void {
    this.#ports.metrics.count('sluice_controller_reconciles_total', { controller: this.#reconciler.name, result });
  }
}
