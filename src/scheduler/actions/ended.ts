import type { Freed } from '../framework/plugin.ts';
import { addToLedger } from '../model/queue.ts';
import type { Queue } from '../model/queue.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Task } from '../model/task.ts';
import type { Releases } from './releases.ts';

/** All that queues hold has ended, but for what was kept for the job itself before. */
export class AllEnded implements Freed {
  readonly tasks: ReadonlySet<Task>;
  readonly coming: Task[] = [];
  readonly #kept: number[] = [];

  /** `tasks` are those that have claims. */
  constructor(tasks: Iterable<Task>) {
    this.tasks = new Set(tasks);
  }

  keep(task: Task): void {
    this.coming.push(task);
    addToLedger(this.#kept, task.class.resources, task.class.amounts, 1);
  }

  of({ allocated, leaving }: Queue, r: number): number {
    return (allocated[r] ?? 0) - (leaving[r] ?? 0) - (this.#kept[r] ?? 0);
  }

  ofBranch(queue: Queue, r: number): number {
    return this.of(queue, r) + (queue.below[r] ?? 0) - (queue.leavingBelow[r] ?? 0);
  }
}

/** What has ended by a certain time has ended, but for what was kept for the job itself before. */
export class EndedBy implements Freed {
  readonly #kept: number[] = [];
  readonly #own = new Map<Queue, number[]>();
  readonly #branch = new Map<Queue, number[]>();

  /** O(tasks that have ended x depth of their queues). */
  constructor(releases: Releases, time: number) {
    releases.each(time, ({ queue, amounts: { resources, amounts } }) => {
      if (queue !== undefined) addToLedger(ledgerOf(this.#own, queue), resources, amounts, 1);
      for (let above = queue; above !== undefined; above = above.parent) {
        addToLedger(ledgerOf(this.#branch, above), resources, amounts, 1);
      }
    });
  }

  keep({ resources, amounts }: TaskClass): void {
    addToLedger(this.#kept, resources, amounts, 1);
  }

  of(queue: Queue, r: number): number {
    return (this.#own.get(queue)?.[r] ?? 0) - (this.#kept[r] ?? 0);
  }

  ofBranch(queue: Queue, r: number): number {
    return (this.#branch.get(queue)?.[r] ?? 0) - (this.#kept[r] ?? 0);
  }
}

function ledgerOf(ledgers: Map<Queue, number[]>, queue: Queue): number[] {
  const known = ledgers.get(queue);
  if (known !== undefined) return known;
  const made: number[] = [];
  ledgers.set(queue, made);
  return made;
}
