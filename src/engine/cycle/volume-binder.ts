import type { PodRecord } from '../../api/records/pod-record.ts';
import type { VolumeClaimRecord } from '../../api/records/volume-claim-record.ts';
import type { VolumeRecord } from '../../api/records/volume-record.ts';
import type { BindDecision } from '../../scheduler/session/decision.ts';
import type { VolumeChoice } from '../../scheduler/volumes/volume-choice.ts';
import { stringAt } from '../../lib/json.ts';
import { retry } from '../../lib/retry.ts';
import type { Clock, ClusterWriter, Logger, WriteOutcome, WriteRequest } from '../ports.ts';
import { freeVolume, keepVolume, selectNode } from './volume-writes.ts';

export interface VolumeBinderOptions {
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly log: Logger;
  /** As the watch has them. */
  readonly claim: (key: string) => VolumeClaimRecord | undefined;
  readonly volume: (name: string) => VolumeRecord | undefined;
  readonly pod: (uid: string) => PodRecord | undefined;
  /** Whether the node reaches the volume that the claim is bound to. */
  readonly isReached: (claim: string, node: string) => boolean;
  readonly timeoutMs: () => number;
}

/** A claim that is being bound for a pod. */
interface Order extends VolumeChoice {
  readonly bind: BindDecision;
}

/** How it stands with an order: done, a problem that ends it, or undefined while it goes on. */
type Standing = { readonly problem: string | undefined } | undefined;

const DONE: Standing = { problem: undefined };
const PAUSES = { minMs: 250, maxMs: 4000 };
const WRITE_DEADLINE_MS = 60_000;
const UNDO_DEADLINE_MS = 10_000;

/**
 * Has the claims of placed pods bound before the pods are: a chosen volume is kept for its claim, or the claim says for
 * which node its volume is to be made; the volume controller and provisioners do the rest, and the watch tells when. What was
 * asked for is taken back when one of them fails or takes too long.
 */
export class VolumeBinder {
  readonly #options: VolumeBinderOptions;
  readonly #waiting = new Set<() => void>();
  #isStopped = false;

  constructor(options: VolumeBinderOptions) {
    this.#options = options;
  }

  /** A claim, a volume or a pod changed. */
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

  /** Resolves once all claims of the pods are bound, or with why they are not. Pods without unbound claims cost nothing. */
  async bind(binds: readonly BindDecision[]): Promise<string | undefined> {
    const orders = ordersOf(binds);
    if (orders.length === 0) return undefined;
    const untilMs = this.#options.clock.monotonicMs() + this.#options.timeoutMs();
    const asked = new Map<Order, string>();
    const problems = await Promise.all(orders.map((order) => this.#ask(order, asked)));
    const refused = problems.find((problem) => problem !== undefined);
    const problem = refused ?? (await this.#wait(orders, untilMs));
    if (problem !== undefined && !this.#isStopped) await this.#takeBack(asked);
    return problem;
  }

  /** Writes what starts the binding, on the newest version of the object; the problem when that cannot be done. */
  async #ask(order: Order, asked: Map<Order, string>): Promise<string | undefined> {
    const { clock, writer } = this.#options;
    const deadlineMs = clock.monotonicMs() + WRITE_DEADLINE_MS;
    const last = await retry<WriteOutcome | string | undefined>(
      async () => {
        const next = this.#request(order);
        return next === undefined || typeof next === 'string' ? next : writer.write(next);
      },
      {
        bounds: PAUSES,
        wait: (delayMs) => new Promise((resolve) => void clock.after(delayMs, resolve)),
        pauseAfter: (outcome) => (typeof outcome === 'object' ? pauseAfter(outcome) : undefined),
        hasTime: (delayMs) => !this.#isStopped && clock.monotonicMs() + delayMs <= deadlineMs,
      },
    );
    if (typeof last === 'string') return last;
    // What a leader before this one asked for is taken back as well, where that is harmless.
    if (last === undefined ? order.volume === '' : last.kind === 'done' || last.kind === 'unknown') {
      asked.set(order, last?.kind === 'done' ? stringAt(last.object, ['metadata', 'resourceVersion']) : '');
    }
    if (last === undefined || last.kind === 'done') return undefined;
    return `${order.claim}: ${'message' in last ? last.message : 'this process leads no more'}`;
  }

  /** Undefined when it is written already, a text when it is pointless. */
  #request({ claim: key, volume: name, bind }: Order): WriteRequest | string | undefined {
    const claim = this.#options.claim(key);
    if (claim === undefined || claim.deleting) return `claim ${key} is gone`;
    if (claim.isBound) return undefined;
    if (name === '') {
      if (claim.selectedNode === bind.node) return undefined;
      return claim.selectedNode === '' ? selectNode(claim, bind.node) : `claim ${key} is bound for another node`;
    }
    const volume = this.#options.volume(name);
    if (volume === undefined || volume.deleting) return `volume ${name} is gone`;
    if (volume.claim === key && volume.claimUid === claim.uid) return undefined;
    if (volume.claim !== '' && (volume.claim !== key || volume.claimUid !== '')) return `volume ${name} was taken`;
    return keepVolume(volume, claim);
  }

  #wait(orders: readonly Order[], untilMs: number): Promise<string | undefined> {
    const { clock } = this.#options;
    const left = new Set(orders);
    /** Claims whose node was seen on them: when it is gone again, the provisioner has given up. */
    const selected = new Set<Order>();
    return new Promise((resolve) => {
      const end = (problem: string | undefined): void => {
        this.#waiting.delete(look);
        cancel();
        resolve(problem);
      };
      const look = (): void => {
        if (this.#isStopped) return end('this process leads no more');
        for (const order of left) {
          const standing = this.#standing(order, selected);
          if (standing?.problem !== undefined) return end(standing.problem);
          if (standing !== undefined) left.delete(order);
        }
        if (left.size === 0) end(undefined);
      };
      const cancel = clock.after(Math.max(0, untilMs - clock.monotonicMs()), () => {
        const [first] = left;
        end(`claim ${first?.claim ?? ''} was not bound in time`);
      });
      this.#waiting.add(look);
      look();
    });
  }

  #standing(order: Order, selected: Set<Order>): Standing {
    const { claim: key, volume, bind } = order;
    const pod = this.#options.pod(bind.uid);
    if (pod === undefined || pod.deleting) return { problem: `pod ${bind.pod} is gone` };
    const claim = this.#options.claim(key);
    if (claim === undefined || claim.deleting) return { problem: `claim ${key} is gone` };
    if (claim.isBound) {
      // The watch of volumes may be behind that of claims.
      if (this.#options.volume(claim.volumeName) === undefined) return undefined;
      if (this.#options.isReached(key, bind.node)) return DONE;
      return {
        problem: `claim ${key} was bound to volume ${claim.volumeName}, which node ${bind.node} does not reach`,
      };
    }
    if (volume !== '') return undefined;
    if (claim.selectedNode === bind.node) selected.add(order);
    else if (selected.has(order)) return { problem: `no volume can be made for claim ${key} on node ${bind.node}` };
    return undefined;
  }

  /** As far as nobody has gone on from it: a claim that is bound stays so. */
  async #takeBack(asked: ReadonlyMap<Order, string>): Promise<void> {
    await Promise.all([...asked].map(([order, version]) => this.#undo(order, version)));
  }

  async #undo(order: Order, answered: string): Promise<void> {
    const { clock, writer, log } = this.#options;
    const deadlineMs = clock.monotonicMs() + UNDO_DEADLINE_MS;
    let version = answered;
    const last = await retry(
      async () => {
        const request = this.#undoing(order, version);
        // Should somebody have written after us, the watch will have shown it by the next attempt.
        version = '';
        return request === undefined ? undefined : writer.write(request);
      },
      {
        bounds: PAUSES,
        wait: (delayMs) => new Promise((resolve) => void clock.after(delayMs, resolve)),
        pauseAfter: (outcome) => outcome && pauseAfter(outcome),
        hasTime: (delayMs) => !this.#isStopped && clock.monotonicMs() + delayMs <= deadlineMs,
      },
    );
    if (last === undefined || last.kind === 'done') return;
    log.warn('a claim could not be freed again', { claim: order.claim, volume: order.volume, outcome: last.kind });
  }

  /** `version`: of the object as it was answered to us, which the watch may not have shown yet. */
  #undoing({ claim: key, volume: name, bind }: Order, version: string): WriteRequest | undefined {
    const claim = this.#options.claim(key);
    if (claim?.isBound === true || (claim?.volumeName ?? '') !== '') return undefined;
    if (name === '') {
      if (claim === undefined) return undefined;
      if (claim.selectedNode === bind.node) return selectNode(claim, null);
      return version === '' ? undefined : selectNode({ ...claim, resourceVersion: version }, null);
    }
    const volume = this.#options.volume(name);
    if (volume === undefined) return undefined;
    if (volume.claim === key) return freeVolume(volume);
    return version === '' ? undefined : freeVolume({ ...volume, resourceVersion: version });
  }
}

/** One for each claim: pods may share it. */
function ordersOf(binds: readonly BindDecision[]): readonly Order[] {
  const orders = new Map<string, Order>();
  for (const bind of binds) for (const choice of bind.volumes ?? []) orders.set(choice.claim, { ...choice, bind });
  return [...orders.values()];
}

function pauseAfter(outcome: WriteOutcome): number | undefined {
  if (outcome.kind === 'throttled') return outcome.retryAfterMs;
  return outcome.kind === 'unknown' || outcome.kind === 'conflict' ? 0 : undefined;
}
