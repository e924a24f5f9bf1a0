import type { ReasonCode } from '../../../api/reasons.ts';
import { stringAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { retry } from '../../../lib/retry.ts';
import type { BindDecision } from '../../../scheduler/session/decision.ts';
import type { Clock, ClusterWriter, Logger, WriteOutcome } from '../../ports.ts';
import type { ClaimOrder } from './claim-order.ts';

export interface ClaimBinderOptions {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly log: Logger;
  /** What has to be done for the pods, one for each claim. */
  readonly ordersOf: (binds: readonly BindDecision[]) => readonly ClaimOrder[];
}

/** Why claims are not ready. */
export interface ClaimTrouble {
  readonly code: ReasonCode;
  readonly problem: string;
}

/** What was written for an order: the version that was answered, or empty where that is not known. */
type Asked = Map<ClaimOrder, string>;

const PAUSES = { minMs: 250, maxMs: 4000 };
const WRITE_DEADLINE_MS = 60_000;
const UNDO_DEADLINE_MS = 10_000;
const LEADS_NO_MORE = 'this process leads no more';

/**
 * Has the claims of placed pods ready before the pods are bound: writes what each of them needs, lets others do their part (the volume
 * controller, provisioners, drivers of devices), and is told by the watch when it is done. What was asked for is taken back when
 * one of them fails or takes too long.
 */
export class ClaimBinder {
  readonly #options: ClaimBinderOptions;
  readonly #waiting = new Set<() => void>();
  #isStopped = false;

  constructor(options: ClaimBinderOptions) {
    this.#options = options;
  }

  /** A claim, what it is bound to, or a pod changed. */
  observe(): void {
    for (const look of this.#waiting) look();
  }

  start(): void {
    this.#isStopped = false;
  }

  /** Nothing is waited for any more; what was asked for stays as it is: the next leader finds it. */
  stop(): void {
    this.#isStopped = true;
    this.observe();
  }

  /** Resolves once all claims of the pods are ready, or with why they are not. */
  async bind(binds: readonly BindDecision[]): Promise<ClaimTrouble | undefined> {
    const orders = this.#options.ordersOf(binds);
    if (orders.length === 0) return undefined;
    const startMs = this.#options.clock.monotonicMs();
    const asked: Asked = new Map();
    const troubles = await Promise.all(orders.map((order) => this.#ask(order, asked)));
    const refused = troubles.find((trouble) => trouble !== undefined);
    const trouble = refused ?? (await this.#wait(orders, startMs));
    if (trouble !== undefined && !this.#isStopped) await this.#takeBack(asked);
    return trouble;
  }

  /** Writes all that the order needs, one after the other; the trouble when that cannot be done. */
  async #ask(order: ClaimOrder, asked: Asked): Promise<ClaimTrouble | undefined> {
    const deadlineMs = this.#options.clock.monotonicMs() + WRITE_DEADLINE_MS;
    let answered: JsonObject | undefined;
    for (;;) {
      const last = await this.#write(() => order.nextWrite(answered), deadlineMs);
      if (last === undefined) {
        if (order.mayUndoOthers && !asked.has(order)) asked.set(order, '');
        return undefined;
      }
      if (typeof last === 'string') return { code: order.code, problem: last };
      if (last.kind !== 'done') {
        if (last.kind === 'unknown') asked.set(order, '');
        const why = 'message' in last ? last.message : LEADS_NO_MORE;
        return { code: order.code, problem: `${order.claim}: ${why}` };
      }
      answered = last.object ?? {};
      asked.set(order, stringAt(answered, ['metadata', 'resourceVersion']));
    }
  }

  #wait(orders: readonly ClaimOrder[], startMs: number): Promise<ClaimTrouble | undefined> {
    const { clock } = this.#options;
    const left = new Set(orders);
    return new Promise((resolve) => {
      const end = (trouble: ClaimTrouble | undefined): void => {
        this.#waiting.delete(look);
        for (const cancel of cancels) cancel();
        resolve(trouble);
      };
      const look = (): void => {
        for (const order of left) {
          if (this.#isStopped) return end({ code: order.code, problem: LEADS_NO_MORE });
          const standing = order.standing();
          if (standing?.problem !== undefined) return end({ code: order.code, problem: standing.problem });
          if (standing !== undefined) left.delete(order);
        }
        if (left.size === 0) end(undefined);
      };
      const cancels = [...Map.groupBy(orders, ({ timeoutMs }) => timeoutMs)].map(([timeoutMs, timed]) =>
        clock.after(Math.max(0, startMs + timeoutMs - clock.monotonicMs()), () => {
          const late = timed.find((order) => left.has(order));
          if (late !== undefined) end({ code: late.code, problem: `claim ${late.claim} was not bound in time` });
        }),
      );
      this.#waiting.add(look);
      look();
    });
  }

  /** As far as nobody has gone on from it: a claim that is bound stays so. */
  async #takeBack(asked: Asked): Promise<void> {
    await Promise.all([...asked].map(([order, version]) => this.#undo(order, version)));
  }

  async #undo(order: ClaimOrder, answered: string): Promise<void> {
    const { clock, log } = this.#options;
    let version = answered;
    const last = await this.#write(() => {
      const request = order.undoing(version);
      // Should somebody have written after us, the watch will have shown it by the next attempt.
      version = '';
      return request;
    }, clock.monotonicMs() + UNDO_DEADLINE_MS);
    const isUndone = last === undefined || last.kind === 'done';
    const end = isUndone ? await this.#write(() => order.removing?.(), clock.monotonicMs() + UNDO_DEADLINE_MS) : last;
    if (end === undefined || end.kind === 'done' || end.kind === 'notFound') return;
    log.warn('a claim could not be freed again', { claim: order.claim, outcome: end.kind });
  }

  /** Asks for the request anew before each attempt; what is no request is handed back. */
  #write<T extends string | undefined>(
    next: () => Parameters<ClusterWriter['write']>[0] | T,
    deadlineMs: number,
  ): Promise<WriteOutcome | T> {
    const { clock, writer } = this.#options;
    return retry<WriteOutcome | T>(
      async () => {
        const request = next();
        return typeof request === 'object' ? writer.write(request) : request;
      },
      {
        bounds: PAUSES,
        wait: (delayMs) => new Promise((resolve) => void clock.after(delayMs, resolve)),
        pauseAfter: (outcome) => (typeof outcome === 'object' ? pauseAfter(outcome) : undefined),
        hasTime: (delayMs) => !this.#isStopped && clock.monotonicMs() + delayMs <= deadlineMs,
      },
    );
  }
}

function pauseAfter(outcome: WriteOutcome): number | undefined {
  if (outcome.kind === 'throttled') return outcome.retryAfterMs;
  return outcome.kind === 'unknown' || outcome.kind === 'conflict' ? 0 : undefined;
}
