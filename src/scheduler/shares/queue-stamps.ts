import type { Snapshot } from '../ledger/snapshot.ts';
import type { Queue } from '../model/queue.ts';

/** All that decides, beside a job itself, whether its queue lets it in, and in which words it is kept out. */
export interface QueueState {
  readonly moves: number;
  readonly promises: number;
  readonly boundsVersion: number;
  /** Of jobs that hold room in it; 0 where it makes no difference. */
  readonly priorities: number;
  readonly limit: Float64Array;
  /** Why it takes nothing new. */
  readonly trouble: string;
  /** Of who holds its room, and is named. */
  readonly holders: number;
  /** Of the branches that the queue is part of. */
  readonly above: readonly number[];
}

/**
 * A number for each queue that stays the same as long as the queue would give an unchanged job the same answer: then the
 * job need not ask again. Kept from cycle to cycle.
 */
export class QueueStamps {
  readonly #known = new WeakMap<Queue, { stamp: number; state: QueueState }>();
  readonly #snapshot: Snapshot;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** O(1), and O(resources) where the vector of limits is another one. */
  of(queue: Queue, state: QueueState): number {
    const known = this.#known.get(queue);
    if (known !== undefined && isSame(known.state, state)) {
      known.state = state;
      return known.stamp;
    }
    const stamp = this.#snapshot.nextStamp();
    this.#known.set(queue, { stamp, state });
    return stamp;
  }
}

function isSame(a: QueueState, b: QueueState): boolean {
  return (
    a.moves === b.moves &&
    a.promises === b.promises &&
    a.boundsVersion === b.boundsVersion &&
    a.priorities === b.priorities &&
    a.trouble === b.trouble &&
    a.holders === b.holders &&
    (a.above === b.above || isEqual(a.above, b.above)) &&
    (a.limit === b.limit || isEqual(a.limit, b.limit))
  );
}

function isEqual(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
