import type { Framework } from '../framework/framework.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { JobBlock } from '../model/job-block.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { NodePicker } from '../placement/node-picker.ts';
import type { Session } from '../session/session.ts';

const NOBODY: ReadonlySet<Task> = new Set();

/**
 * The turns of groups of one for which room is kept and which would get nothing but that: the promise of the cycle before stands. As nodes are not
 * changed by that, and no other queue could have these rooms, it makes no difference whose turn comes first: as many as stand in a row have
 * theirs at once.
 */
export class KeptTurns {
  readonly #session: Session;
  readonly #snapshot: Snapshot;
  readonly #framework: Framework;
  /** State of the nodes in which no task for which room is kept would find another place. */
  #closedAt = -1;

  constructor(session: Session) {
    this.#session = session;
    this.#snapshot = session.snapshot;
    this.#framework = session.framework;
  }

  /** How many jobs of the block, from a place on, were promised what is kept for them. O(those) */
  place(block: JobBlock, from: number, queue: Queue): number {
    const { nominations, resources, placements } = this.#snapshot;
    const task = block.jobs[from]?.tasks.first;
    if (task === undefined || !nominations.has(task) || !placements.chargeOnlyAmounts) return 0;
    const kind = block.kind(resources);
    if (kind === undefined || kind.shape.hostPorts.length > 0 || !this.#isOrdinary(block, queue)) return 0;
    const rooms = this.#rooms(block.jobs, from, kind, this.#framework.plainPicker(kind));
    if (rooms.length === 0) return 0;
    const { statement } = this.#session;
    const mark = statement.checkpoint();
    statement.pipelineKept(block.jobs, from, rooms);
    // What one of them hears the others hear, too.
    if (!this.#framework.jobPipelined(block.jobs[from] as Job)) {
      statement.rollback(mark);
      return 0;
    }
    block.promised = { in: this.#session, from, end: from + rooms.length };
    return rooms.length;
  }

  #isOrdinary(block: JobBlock, queue: Queue): boolean {
    const framework = this.#framework;
    const [first] = block.jobs;
    if (first === undefined || framework.perspectiveOfAll(block) !== framework.plainPerspective) return false;
    return this.#isClosed() && framework.keepsGranted(queue) && framework.jobValid(first) === undefined;
  }

  /** Nobody would leave the room that is kept for him, and so free it for others. */
  #isClosed(): boolean {
    const { nominations, recency } = this.#snapshot;
    if (this.#closedAt === recency.now) return true;
    for (const taskClass of nominations.classes()) if (this.#framework.plainPicker(taskClass).best() >= 0) return false;
    this.#closedAt = recency.now;
    return true;
  }

  /** Nodes of the rooms of those in a row that would find no place now, and will have that one. */
  #rooms(jobs: readonly Job[], from: number, kind: TaskClass, picker: NodePicker): readonly number[] {
    const { nominations, nodes } = this.#snapshot;
    const rooms: number[] = [];
    for (let i = from; i < jobs.length; i += 1) {
      const task = jobs[i]?.tasks.first;
      const node = task?.status === TaskStatus.Pending ? nominations.untouched(task, kind) : -1;
      if (node < 0 || nodes.fitsBesideOne(node, kind) || !nodes.fitsFutureBesideOne(node, kind)) break;
      if (!picker.allowsWithout(node, NOBODY)) break;
      rooms.push(node);
    }
    return rooms;
  }
}
