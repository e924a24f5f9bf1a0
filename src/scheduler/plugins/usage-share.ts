import type { PluginArguments } from '../../config/policy.ts';
import { durationMs } from '../../lib/duration.ts';
import type { Plugin } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Queue } from '../model/queue.ts';
import { QueueUsage } from '../model/queue-usage.ts';
import { PODS_IX } from '../model/resource-table.ts';

const DEFAULT_HALF_LIFE_MS = 24 * 3_600_000;

/**
 * Shares over time: of queues of one priority that one comes first which holds, and has held, less of the cluster by its weight.
 * The past counts half as much with each half-life, as in Slurm's fair-share. Nobody is evicted for it.
 */
export const usageShare: Plugin = {
  name: 'usage-share',
  make: (snapshot, options) => {
    const usages = new Usages(snapshot, halfLifeMs(options));
    return {
      onSessionOpen: (nowMs) => usages.open(nowMs),
      queueOrderFn: (a, b) => usages.compare(a, b),
      onSessionClose: () => usages.close(),
    };
  },
};

class Usages {
  readonly #snapshot: Snapshot;
  readonly #halfLifeMs: number;
  #nowMs = 0;

  constructor(snapshot: Snapshot, halfLife: number) {
    this.#snapshot = snapshot;
    this.#halfLifeMs = halfLife;
  }

  /** Before anything is placed: what is taken over counts with what was held until now. A comparison a queue. */
  open(nowMs: number): void {
    this.#nowMs = nowMs;
    for (const queue of this.#snapshot.queues.values()) queue.usage = this.#of(queue);
  }

  /** A queue and one above it are not compared: what the lower one used, the upper one did, too. O(resources). */
  compare(a: Queue, b: Queue): number {
    if (a.parent === b || b.parent === a) return 0;
    return b.record.priority - a.record.priority || this.#used(a) - this.#used(b);
  }

  /** A number a queue is compared; what changed since is brought up to date. */
  close(): void {
    for (const queue of this.#snapshot.queues.values()) {
      const { usage } = queue;
      const seen = queue.moves + queue.movesBelow + this.#snapshot.allocatableVersion;
      if (usage?.isSeen(seen) === false) usage.hold(shareOf(queue, this.#snapshot), seen, this.#nowMs);
      if (usage?.tell(this.#nowMs) === true) queue.isDirty = true;
    }
  }

  /** What it has held and what it holds, by weight: in the long run both are the same. */
  #used(queue: Queue): number {
    const mean = queue.usage?.mean(this.#nowMs) ?? 0;
    return (mean + shareOf(queue, this.#snapshot)) / queue.record.weight;
  }

  /** What another process told since counts more: it went on while this one did not lead. */
  #of(queue: Queue): QueueUsage {
    const { usage } = queue;
    const told = queue.record.usage;
    const isNewest = usage !== undefined && (told === undefined || told.atMs <= usage.atMs);
    if (isNewest && usage.halfLifeMs === this.#halfLifeMs) return usage;
    // Of another half-life: the mean that it had come to.
    const past = isNewest ? { mean: usage.mean(this.#nowMs), atMs: this.#nowMs } : told;
    return new QueueUsage(this.#halfLifeMs, shareOf(queue, this.#snapshot), this.#nowMs, past);
  }
}

/** The dominant part of the cluster that the queue holds with all below it. O(resources). */
function shareOf({ allocated, below }: Queue, { nodes }: Snapshot): number {
  let share = 0;
  for (let r = 0; r < nodes.totals.length; r += 1) {
    const total = nodes.totals[r] ?? 0;
    if (r !== PODS_IX && total > 0) share = Math.max(share, ((allocated[r] ?? 0) + (below[r] ?? 0)) / total);
  }
  return share;
}

function halfLifeMs(options: PluginArguments): number {
  const ms = durationMs(String(options.get('halfLife') ?? '')) ?? 0;
  return ms > 0 ? ms : DEFAULT_HALF_LIFE_MS;
}
