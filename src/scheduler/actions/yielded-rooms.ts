import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { Session } from '../session/session.ts';
import { willFit } from './future-node.ts';
import { isOwnRoom } from './own-room.ts';

/**
 * Rooms that are kept for pods of lower priority in the queue: these would have to go for the job as soon as they stood there. So it may have the
 * rooms at once, as with kube-scheduler, and nobody starts in vain. What it leaves of them stays kept.
 */
export class YieldedRooms {
  readonly #session: Session;
  /** The lowest priority for which rooms were kept in a queue when somebody asked first; in an action rooms only go. */
  #lowest: ReadonlyMap<Queue, number> | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /** Whether it could be done with these rooms free; not tried where there are none. */
  allow(job: Job, act: () => boolean): boolean {
    const { nominations } = this.#session.snapshot;
    const lower = this.#mayTake(job) ? this.#below(job) : [];
    if (lower.length === 0) return false;
    for (const task of lower) nominations.lift(task);
    const isDone = act();
    for (const task of lower) {
      if (!isDone || this.#isLeft(task)) nominations.restore(task);
      else nominations.drop(task);
    }
    return isDone;
  }

  /** Rooms are kept for lower priorities of its queue, and pods could go for it. */
  #mayTake(job: Job): boolean {
    const { framework, snapshot } = this.#session;
    if (snapshot.nominations.size === 0 || !framework.mayPreempt || job.queue === undefined) return false;
    this.#lowest ??= lowestOf(snapshot.nominations.tasks());
    if ((this.#lowest.get(job.queue) ?? Infinity) >= job.priority) return false;
    return !framework.jobWhole(job) && framework.victims.isStarving(job);
  }

  /** The most important first: their rooms stay before others. O(rooms that are kept) */
  #below(job: Job): readonly Task[] {
    const { framework, snapshot } = this.#session;
    const lower: (readonly [Task, Job])[] = [];
    for (const task of snapshot.nominations.tasks()) {
      const owner = task.job;
      if (owner?.queue !== job.queue || owner === undefined || owner.priority >= job.priority) continue;
      // What was promised in this cycle stays promised, one by one or with a block.
      if (task.status !== TaskStatus.Pending || owner.block?.standing !== undefined) continue;
      const mayGo = task.record.preemptable && owner.record.preemptable && !framework.victims.isSheltered(task);
      if (mayGo) lower.push([task, owner]);
    }
    return lower
      .sort(([a, ofA], [b, ofB]) => (ofA === ofB ? framework.compareTasks(a, b) : framework.compareJobs(ofA, ofB)))
      .map(([task]) => task);
  }

  /** There is room for it beside what was taken. */
  #isLeft(task: Task): boolean {
    const { framework, snapshot } = this.#session;
    const node = snapshot.nominations.placeOf(task);
    return isOwnRoom(snapshot, node, () => willFit(snapshot, task.class, framework.picker(task), node));
  }
}

function lowestOf(tasks: Iterable<Task>): ReadonlyMap<Queue, number> {
  const lowest = new Map<Queue, number>();
  for (const { job } of tasks) {
    if (job?.queue !== undefined) lowest.set(job.queue, Math.min(lowest.get(job.queue) ?? Infinity, job.priority));
  }
  return lowest;
}
