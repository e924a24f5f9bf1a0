import type { Freed } from '../framework/plugin.ts';
import type { Queue } from '../model/queue.ts';
import { PODS_IX } from '../model/resource-table.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import { EPSILON } from './epsilon.ts';

/** What queues are owed, by resource. */
export interface QueueRights {
  /** May be had taken back from others up to here, and is taken back above it. */
  owed(queue: Queue, resource: number): number;
  guarantee(queue: Queue, resource: number): number;
}

/** Whether the queue, with one more task of the class, holds no more than it is owed of what the task asks for. */
export function isPreemptive(
  queue: Queue,
  { resources, amounts }: TaskClass,
  rights: QueueRights,
  freed: Freed,
): boolean {
  let isAny = false;
  for (let i = 0; i < resources.length; i += 1) {
    const r = resources[i] ?? 0;
    if (r === PODS_IX) continue;
    isAny = true;
    const held = (queue.allocated[r] ?? 0) - (queue.leaving[r] ?? 0) - freed.of(queue, r);
    if (held + (amounts[i] ?? 0) > rights.owed(queue, r) + EPSILON) return false;
  }
  return queue.isOpen && isAny;
}

/**
 * Candidates that may go in the order in which they are named, each counted as gone for those after it: as long as its
 * queue holds more than it is owed of something that it holds and the preemptor asks for, and keeps its guarantee.
 * With `byGang` the first member of a gang answers for all of it, as far as the guarantee allows.
 */
export function reclaimable(
  preemptor: Task,
  candidates: readonly Task[],
  rights: QueueRights,
  byGang = false,
): readonly Task[] {
  const rests = new Map<Queue, Rest>();
  return candidates.filter((candidate) => {
    const queue = candidate.job?.queue;
    if (queue === undefined || queue === preemptor.job?.queue || !queue.record.reclaimable) return false;
    let rest = rests.get(queue);
    if (rest === undefined) rests.set(queue, (rest = new Rest(queue, rights)));
    return rest.takes(candidate, preemptor.class, byGang);
  });
}

/** What is left of a queue while its tasks go one after the other. */
class Rest {
  readonly #queue: Queue;
  readonly #rights: QueueRights;
  readonly #held: number[];
  readonly #gangs = new Set<unknown>();

  constructor(queue: Queue, rights: QueueRights) {
    this.#queue = queue;
    this.#rights = rights;
    this.#held = queue.allocated.map((amount, r) => amount - (queue.leaving[r] ?? 0));
  }

  takes({ job, class: taskClass }: Task, asking: TaskClass, byGang: boolean): boolean {
    const isOfGang = byGang && this.#gangs.has(job);
    if ((!isOfGang && !this.#isOver(taskClass, asking)) || !this.#keepsGuarantee(taskClass)) return false;
    this.#gangs.add(job);
    const { resources, amounts } = taskClass;
    for (let i = 0; i < resources.length; i += 1) {
      const r = resources[i] ?? 0;
      this.#held[r] = (this.#held[r] ?? 0) - (amounts[i] ?? 0);
    }
    return true;
  }

  #isOver({ resources }: TaskClass, asking: TaskClass): boolean {
    return resources.some(
      (r) =>
        r !== PODS_IX && asking.amountOf(r) > 0 && (this.#held[r] ?? 0) > this.#rights.owed(this.#queue, r) + EPSILON,
    );
  }

  #keepsGuarantee({ resources, amounts }: TaskClass): boolean {
    return resources.every((r, i) => {
      const guarantee = this.#rights.guarantee(this.#queue, r);
      return guarantee === 0 || (this.#held[r] ?? 0) - (amounts[i] ?? 0) >= guarantee - EPSILON;
    });
  }
}
