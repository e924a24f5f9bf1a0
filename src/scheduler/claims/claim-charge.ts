import { addToLedger } from '../model/queue.ts';
import type { Queue } from '../model/queue.ts';
import { upFrom } from '../model/queue-paths.ts';
import type { IndexedAmounts } from '../model/task-class.ts';

/** What a claim is charged with, and to whom: once at each level. */
export interface Charge extends IndexedAmounts {
  /** Queues whose own pods use it. */
  readonly own: readonly Queue[];
  /** Queues above these that do not use it themselves. */
  readonly above: readonly Queue[];
}

/** To these queues, and all above them, but for levels where it counts already. */
export function chargeTo(
  queues: Iterable<Queue>,
  amounts: IndexedAmounts,
  counted: ReadonlySet<Queue> = NO_QUEUES,
): Charge {
  const own = new Set(queues);
  const above = new Set([...own].flatMap((queue) => upFrom(queue).slice(1))).difference(own);
  return { ...amounts, own: [...own.difference(counted)], above: [...above.difference(counted)] };
}

/** Into the ledgers of pods that hold a node, or of rooms that are kept. */
export function applyCharge(
  { resources, amounts, own, above }: Charge,
  sign: 1 | -1,
  to: 'claimed' | 'keptClaims' = 'claimed',
): void {
  for (const queue of own) {
    addToLedger(queue[to], resources, amounts, sign);
    queue.moves += 1;
  }
  for (const queue of above) {
    addToLedger(queue[`${to}Below`], resources, amounts, sign);
    queue.movesBelow += 1;
  }
}

export function isChargedTo(charge: Charge | undefined, queue: Queue): boolean {
  return charge?.own.includes(queue) === true || charge?.above.includes(queue) === true;
}

const NO_QUEUES: ReadonlySet<Queue> = new Set();
