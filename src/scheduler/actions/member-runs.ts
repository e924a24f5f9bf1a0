import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { Session } from '../session/session.ts';

/**
 * Members of a gang that differ in nothing, placed many at a time: as many as one node takes in a row, if nobody would be asked in between
 * who could say otherwise. Places are those that the members would get one by one.
 */
export class MemberRuns {
  readonly #session: Session;
  /** Its members see the nodes in a way of their own: they are not asked one by one. */
  #choosy: Job | undefined;

  constructor(session: Session) {
    this.#session = session;
  }

  /**
   * Gives places to pending tasks of the job from the place on, none of which has a place of its own to go to; how many got one. The job
   * is not ready before the last of them has it.
   */
  place(job: Job, queue: Queue, tasks: readonly Task[], from: number): number {
    const { framework, snapshot } = this.#session;
    if (job === this.#choosy || !job.hasPlainTasks || !snapshot.placements.areCounted) return 0;
    const end = Math.min(tasks.length, from + framework.lacking(job));
    let at = from;
    while (end - at > 1) {
      const placed = this.#placeOnOne(job, queue, tasks, at, end);
      if (placed === 0) break;
      at += placed;
    }
    if (at === from) this.#choosy = this.#hasOwnView(tasks[from]) ? job : undefined;
    return at - from;
  }

  /** On the node that is best for the first of them. */
  #placeOnOne(job: Job, queue: Queue, tasks: readonly Task[], from: number, end: number): number {
    const { framework, statement } = this.#session;
    const first = tasks[from] as Task;
    if (first.class.shape.hostPorts.length > 0 || !this.#isPlain(first)) return 0;
    const picker = framework.plainPicker(first.class);
    const node = picker.best();
    if (node < 0) return 0;
    const most = this.#alike(tasks, from, Math.min(end, from + picker.streak(node)));
    if (!framework.grants(queue, first.class, job, most)) return 0;
    statement.allocateAlike(tasks, from, from + most, node);
    return most;
  }

  /** How many of them in a row, before the end, are like the first. */
  #alike(tasks: readonly Task[], from: number, end: number): number {
    const { class: taskClass } = tasks[from] as Task;
    let at = from + 1;
    for (; at < end; at += 1) {
      const task = tasks[at] as Task;
      if (task.class !== taskClass || !this.#isPlain(task)) break;
    }
    return at - from;
  }

  /** It waits, and nothing but amounts says where it goes; those that ask for none have their turn after the others. */
  #isPlain(task: Task): boolean {
    const { status, record } = task;
    if (status !== TaskStatus.Pending || task.class.isBestEffort) return false;
    if (record.nominatedNode !== '' || record.claims.length > 0) return false;
    return !this.#hasOwnView(task);
  }

  #hasOwnView(task: Task | undefined): boolean {
    return task !== undefined && this.#session.framework.isClaimed(task);
  }
}
