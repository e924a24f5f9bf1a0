import { podWith } from '../../src/api/records/stored-pod.ts';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import type { Queue } from '../../src/scheduler/model/queue.ts';
import type { EvictDecision } from '../../src/scheduler/session/decision.ts';
import { TaskStatus } from '../../src/scheduler/model/task-status.ts';
import { makePod } from './records.ts';
import { SchedulerWorld } from './scheduler-world.ts';
import type { Outcome } from './scheduler-world.ts';

/** A world in which decisions are carried out: what was placed runs before the next cycle, what was evicted is made again. */
export class LivingWorld extends SchedulerWorld {
  /** Cycles that evicted pods need to be gone. */
  readonly #lingers: number;
  /** Pods on their way out, by the cycle in which they are gone. */
  readonly #leaving = new Map<string, number>();
  #cycles = 0;
  #made = 0;

  constructor(policy: SchedulerPolicy, lingers = 0) {
    super(policy);
    this.#lingers = lingers;
  }

  /** One cycle and what comes of it; `onDecided` sees the world before anything is carried out. */
  live(onDecided: (outcome: Outcome, evictions: readonly EvictDecision[]) => void = nothing): readonly EvictDecision[] {
    const outcome = this.cycle();
    const evictions = evictionsOf(outcome);
    onDecided(outcome, evictions);
    const bound = [...this.snapshot.tasks.values()].filter(({ status }) => status === TaskStatus.Binding);
    for (const task of bound) {
      this.snapshot.upsertTask(podWith(task.record, { nodeName: task.nodeName, phase: 'Running' }));
    }
    this.#cycles += 1;
    for (const { uid } of evictions) this.#leaving.set(uid, this.#cycles + this.#lingers);
    for (const [uid, goneAt] of this.#leaving) if (goneAt <= this.#cycles) this.#again(uid);
    return evictions;
  }

  /** Cycles until nobody was evicted for so many, or so many were lived through; the number of all evictions. */
  settle(
    quiet: number,
    most: number,
    onDecided: (outcome: Outcome, evictions: readonly EvictDecision[]) => void = nothing,
  ): number {
    let evictions = 0;
    let still = 0;
    for (let cycle = 0; cycle < most && still < quiet; cycle += 1) {
      const count = this.live(onDecided).length;
      evictions += count;
      still = count === 0 ? still + 1 : 0;
    }
    return still < quiet ? Infinity : evictions;
  }

  /** Its controller makes another one in its place, later than all others. */
  #again(uid: string): void {
    const record = this.snapshot.tasks.get(uid)?.record;
    this.#leaving.delete(uid);
    this.snapshot.removeTask(uid);
    if (record === undefined) return;
    this.#made += 1;
    const { namespace, priority } = record;
    const name = `again-${this.#made}`;
    const overrides = { key: `${namespace}/${name}`, namespace, createdMs: 1_000_000 + this.#made, priority };
    this.snapshot.upsertTask(makePod(name, record.group, record.shape, overrides));
  }

  /** What the queue and all below it hold of the resource. */
  held(name: string, resource = 'cpu'): number {
    const queue = this.snapshot.queues.get(name);
    return queue === undefined ? 0 : heldWithin(queue, this.snapshot.resources.find(resource) ?? -1);
  }
}

export function evictionsOf({ decisions }: Outcome): readonly EvictDecision[] {
  return decisions.filter((decision) => decision.kind === 'evict');
}

export function heldWithin({ allocated, below }: Queue, r: number): number {
  return (allocated[r] ?? 0) + (below[r] ?? 0);
}

function nothing(): void {
  // The end is what matters.
}
