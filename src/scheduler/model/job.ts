import type { PodGroupPhase, PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { Queue } from './queue.ts';
import { TaskStatus } from './task.ts';
import type { Task } from './task.ts';

/** A PodGroup with its tasks, as the scheduler sees it. Mutable: only Snapshot, Statement and actions change it. */
export class Job {
  readonly key: string;
  record: PodGroupRecord;
  queue: Queue | undefined;
  /** Value of the group's priority class, else of the global default class, else 0. */
  priority = 0;
  /** Authoritative once a scheduler has written it; the record lags behind our own writes. */
  phase: PodGroupPhase;
  readonly tasks = new Map<string, Task>();
  /** Number of tasks by status. */
  readonly counts: number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  /** Membership bits of the snapshot's job sets. */
  flags = 0;
  /** Tasks that this cycle committed, until the cycle is closed. */
  placed: Task[] | undefined;
  #ready = 0;
  /** Pending tasks that ask for nothing but a pod slot. */
  pendingBestEffort = 0;
  /** Pending tasks in task order; undefined when it has to be made anew. */
  pendingOrder: Task[] | undefined;
  /** Where the first still pending task of `pendingOrder` may stand. */
  pendingHead = 0;

  constructor(record: PodGroupRecord) {
    this.key = record.key;
    this.record = record;
    this.phase = record.phase;
  }

  get minMember(): number {
    return this.record.minMember;
  }

  count(status: TaskStatus): number {
    return this.counts[status] ?? 0;
  }

  /** Allocated class plus succeeded: Volcano's ready count. */
  ready(): number {
    return this.#ready;
  }

  /** Moves a status' counter, and the ready count with it. */
  shift(status: TaskStatus, by: number): void {
    this.counts[status] = (this.counts[status] ?? 0) + by;
    if (countsAsReady(status)) this.#ready += by;
  }

  /** Tasks that could still be part of the gang. */
  valid(): number {
    return this.ready() + this.count(TaskStatus.Pending) + this.count(TaskStatus.Pipelined);
  }

  /** Role minima hold only when minMember covers their sum, as in Volcano. */
  hasRoleMinima(): boolean {
    const minima = this.record.minTaskMember;
    if (minima.size === 0) return false;
    let sum = 0;
    for (const min of minima.values()) sum += min;
    return this.record.minMember >= sum;
  }

  /** Tasks of each role that satisfy the test. O(tasks). */
  countByRole(counts: (task: Task) => boolean): Map<string, number> {
    const out = new Map<string, number>();
    for (const task of this.tasks.values()) {
      if (counts(task)) out.set(task.record.task, (out.get(task.record.task) ?? 0) + 1);
    }
    return out;
  }
}

function countsAsReady(status: TaskStatus): boolean {
  return (
    status === TaskStatus.Allocated ||
    (status >= TaskStatus.Binding && status <= TaskStatus.Running) ||
    status === TaskStatus.Succeeded
  );
}
