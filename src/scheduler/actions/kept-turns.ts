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
  /** Nothing was given to anybody in this cycle before: whoever has had no turn since has all that is kept for him. */
  readonly #areFirst: boolean;
  /** State of the nodes in which no task for which room is kept would find another place. */
  #closedAt = -1;

  constructor(session: Session) {
    this.#session = session;
    this.#snapshot = session.snapshot;
    this.#framework = session.framework;
    this.#areFirst = session.snapshot.placements.takers.length === 0;
  }

  /** How many jobs of the block, from a place on, were promised what is kept for them. O(those) */
  place(block: JobBlock, from: number, queue: Queue): number {
    const { nominations, resources, placements } = this.#snapshot;
    const task = block.jobs[from]?.tasks.first;
    if (task === undefined || !nominations.has(task) || !placements.chargeOnlyAmounts) return 0;
    const kind = block.kind(resources);
    if (kind === undefined || kind.shape.hostPorts.length > 0 || !this.#isOrdinary(block, queue)) return 0;
    const rooms = this.#rooms(block, from, kind);
    if (rooms.length === 0 || !this.#areTheirs(block, from, rooms)) return 0;
    if (rooms.length === block.jobs.length) this.#session.keepPromises(block, rooms);
    else this.#session.statement.pipelineKept(block.jobs, from, rooms);
    block.promised = { in: this.#session, from, end: from + rooms.length };
    return rooms.length;
  }

  /** What is promised to the first of them stays its own to the end of the cycle; what one of them hears the others hear, too. */
  #areTheirs({ jobs }: JobBlock, from: number, rooms: readonly number[]): boolean {
    const { statement } = this.#session;
    const mark = statement.checkpoint();
    statement.pipelineKept(jobs, from, rooms.slice(0, 1));
    const isItsOwn = this.#framework.jobPipelined(jobs[from] as Job);
    statement.rollback(mark);
    return isItsOwn;
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
  #rooms(block: JobBlock, from: number, kind: TaskClass): readonly number[] {
    const kept = this.#kept(block, from, kind);
    const picker = this.#framework.plainPicker(kind);
    const length = kept.findIndex((node) => !this.#stands(node, kind, picker));
    return length < 0 ? kept : kept.slice(0, length);
  }

  #stands(node: number, kind: TaskClass, picker: NodePicker): boolean {
    const { nodes } = this.#snapshot;
    if (nodes.fitsBesideOne(node, kind) || !nodes.fitsFutureBesideOne(node, kind)) return false;
    return picker.allowsWithout(node, NOBODY);
  }

  /** Nodes of the rooms that are kept for those in a row. O(1) for all of a block while none comes or goes. */
  #kept(block: JobBlock, from: number, kind: TaskClass): readonly number[] {
    const { nominations } = this.#snapshot;
    const { version } = nominations;
    if (from === 0 && this.#areFirst && block.kept?.version === version) return block.kept.nodes;
    const nodes: number[] = [];
    for (let i = from; i < block.jobs.length; i += 1) {
      const task = block.jobs[i]?.tasks.first;
      const node = task?.status === TaskStatus.Pending ? nominations.untouched(task, kind) : -1;
      if (node < 0) break;
      nodes.push(node);
    }
    block.kept = nodes.length === block.jobs.length ? { version, nodes } : undefined;
    return nodes;
  }
}
