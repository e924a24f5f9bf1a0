import type { QueueRecord } from '../../api/records/queue-record.ts';
import type { Refusal } from './refusal.ts';
import type { QueueUsage } from './queue-usage.ts';
import type { Needs, TaskClass } from './task-class.ts';

/** A queue with its ledger; the vectors are indexed like the resource table and may be shorter than it. */
export class Queue {
  readonly name: string;
  record: QueueRecord;
  /** The queue above, kept by the snapshot; there is never a circle. Undefined at the top, whatever the record says. */
  parent: Queue | undefined;
  /** Requests of tasks that hold a node. */
  readonly allocated: number[] = [];
  /** The same of the queues below it, at any depth. */
  readonly below: number[] = [];
  /** Devices of the claims that its jobs' pods use, where some queue names their class; each claim once. */
  readonly claimed: number[] = [];
  /** The same of claims that only queues below it use, at any depth. */
  readonly claimedBelow: number[] = [];
  /** Of what it holds, the part of its jobs' pods that are on their way out. */
  readonly leaving: number[] = [];
  /** The same of the queues below it, at any depth. */
  readonly leavingBelow: number[] = [];
  /** Requests of tasks for which pods went and which have no place yet: theirs to take, and nobody else's. */
  readonly granted: number[] = [];
  /** The same of the queues below it, at any depth. */
  readonly grantedBelow: number[] = [];
  /** Devices of claims for which rooms are kept, for pods that share them, and which none of its jobs' pods has: each claim once. */
  readonly keptClaims: number[] = [];
  /** The same of claims for which rooms are kept only below it, at any depth, and which nobody below it has. */
  readonly keptClaimsBelow: number[] = [];
  /** Requests of pending tasks, and of those for which places that gangs lost are kept. */
  readonly pending: number[] = [];
  /** Grows with each change of `below` and `leavingBelow`. */
  movesBelow = 0;
  /** Grows with each change of `allocated` and `leaving`: what was worked out from it holds until then. */
  moves = 0;
  /** Fair share of the latest cycle, by resource; empty before the first one and without a plugin that shares out. */
  deserved: ArrayLike<number> = [];
  /** Key of the group that was let in last since it had waited for too long; empty for none. */
  overdue = '';
  /** The ledger changed since the queue's status was last reported. */
  isDirty = true;
  /** What it has held over time, with all below it; undefined unless a plugin asks. */
  usage: QueueUsage | undefined;
  /** What is wrong with it as it is written, sentences for its status. */
  problems: QueueProblems = NO_PROBLEMS;

  constructor(record: QueueRecord) {
    this.name = record.name;
    this.record = record;
  }

  /** Only an open queue takes new work, and none on its way out. */
  get isOpen(): boolean {
    return this.record.state === 'Open' && !this.record.deleting;
  }

  /** All ledgers: each is indexed like the resource table and forgets the names that it forgets. */
  get ledgers(): readonly number[][] {
    const { allocated, below, claimed, claimedBelow, leaving, leavingBelow } = this;
    const { granted, grantedBelow, keptClaims, keptClaimsBelow, pending } = this;
    const held = [allocated, below, claimed, claimedBelow, leaving, leavingBelow];
    return [...held, granted, grantedBelow, keptClaims, keptClaimsBelow, pending];
  }

  /** So many tasks of the class take nodes, or below zero leave them. O(requested resources). */
  hold(taskClass: TaskClass, tasks: number): void {
    addToLedger(this.allocated, taskClass.resources, taskClass.amounts, tasks);
    this.moves += 1;
    for (let above = this.parent; above !== undefined; above = above.parent) {
      addToLedger(above.below, taskClass.resources, taskClass.amounts, tasks);
      above.movesBelow += 1;
    }
  }

  /** A task of the class that it holds is on its way out, or is gone. O(requested resources). */
  leave({ resources, amounts }: TaskClass, sign: 1 | -1): void {
    addToLedger(this.leaving, resources, amounts, sign);
    this.moves += 1;
    for (let above = this.parent; above !== undefined; above = above.parent) {
      addToLedger(above.leavingBelow, resources, amounts, sign);
      above.movesBelow += 1;
    }
  }

  /** Room is kept for so many more tasks of the class, or fewer below zero. O(requested resources). */
  grant({ resources, amounts }: Needs, tasks: number): void {
    addToLedger(this.granted, resources, amounts, tasks);
    this.moves += 1;
    for (let above = this.parent; above !== undefined; above = above.parent) {
      addToLedger(above.grantedBelow, resources, amounts, tasks);
      above.movesBelow += 1;
    }
  }

  /** What it holds under the index, with all below it. */
  heldWithin(r: number): number {
    const { allocated, below, claimed, claimedBelow } = this;
    return (allocated[r] ?? 0) + (below[r] ?? 0) + (claimed[r] ?? 0) + (claimedBelow[r] ?? 0);
  }

  /** What it holds, or those below it, is told anew. */
  markDirty(): void {
    this.isDirty = true;
    for (let above = this.parent; above !== undefined; above = above.parent) above.isDirty = true;
  }

  /** So many tasks of the class wait, or below zero wait no more. O(requested resources). */
  want(taskClass: TaskClass, tasks: number): void {
    addToLedger(this.pending, taskClass.resources, taskClass.amounts, tasks);
  }

  setProblems(problems: QueueProblems): void {
    const { guarantee, parent } = this.problems;
    if (problems.guarantee === guarantee && problems.parent === parent) return;
    this.problems = problems;
    this.isDirty = true;
  }
}

/** Each is empty when nothing is wrong. */
export interface QueueProblems {
  /** With its guarantee. */
  readonly guarantee: string;
  /** With the queues above it. */
  readonly parent: string;
}

export const NO_PROBLEMS: QueueProblems = { guarantee: '', parent: '' };

/** Adds a class's requests to a ledger vector, so many times. O(requested resources). */
export function addToLedger(
  ledger: number[],
  resources: ArrayLike<number>,
  amounts: ArrayLike<number>,
  times: number,
): void {
  for (let i = 0; i < resources.length; i += 1) {
    const r = resources[i] ?? 0;
    while (ledger.length <= r) ledger.push(0);
    ledger[r] = (ledger[r] ?? 0) + times * (amounts[i] ?? 0);
  }
}

/** A queue that was closed takes nothing more, not even for groups that were let in before. */
export function notOpen({ name, record }: Queue): Refusal {
  const what = record.deleting ? 'being deleted' : record.state.toLowerCase();
  return { code: 'QueueNotOpen', message: `queue ${name} is ${what}.` };
}
