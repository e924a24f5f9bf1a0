import type { Refusal } from '../model/refusal.ts';
import type { Job } from '../model/job.ts';
import type { JobBlock } from '../model/job-block.ts';
import type { Queue } from '../model/queue.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Framework } from '../framework/framework.ts';
import type { Session } from '../session/session.ts';
import type { Snapshot } from '../ledger/snapshot.ts';

/**
 * What groups of one were refused, for others that are alike: as long as nothing is placed or given back, the same class
 * is refused the same in the same queue, and a long queue costs one attempt. Whoever sees the nodes by which pods stand there
 * is asked for himself.
 */
export class AlikeJobs {
  readonly #snapshot: Snapshot;
  readonly #framework: Framework;
  /** By how the nodes are seen, which may differ within a class. */
  readonly #refusals = new Map<object, Map<TaskClass, Refusal>>();
  /** What the refusals stand for. */
  #queue: Queue | undefined;
  #changedAt = -1;
  /** Blocks with jobs for which room was kept when somebody asked first: while jobs are placed others only lose theirs. */
  #keeping: ReadonlySet<JobBlock | undefined> | undefined;

  constructor({ snapshot, framework }: Session) {
    this.#snapshot = snapshot;
    this.#framework = framework;
  }

  /** What another one was refused just now. */
  refusal(job: Job, queue: Queue): Refusal | undefined {
    const { recency, nominations, resources } = this.#snapshot;
    if (queue !== this.#queue || this.#changedAt !== recency.now) return undefined;
    // A room that is kept for this very job is no other's.
    const alike = nominations.hasAnyOf(job) ? undefined : job.alike(resources);
    const perspective = alike && this.#perspective(job);
    return perspective && this.#refusals.get(perspective)?.get(alike);
  }

  /** The same for all jobs of a block that differ in nothing; see `JobBlock.kind`. */
  refusalOfAll(block: JobBlock, queue: Queue): Refusal | undefined {
    const { recency, nominations, resources } = this.#snapshot;
    if (queue !== this.#queue || this.#changedAt !== recency.now) return undefined;
    // As for one of them.
    this.#keeping ??= new Set(Array.from(nominations.tasks(), ({ job }) => job?.block));
    if (this.#keeping.has(block)) return undefined;
    const kind = block.kind(resources);
    const perspective = kind && this.#framework.perspectiveOfAll(block);
    return perspective && this.#refusals.get(perspective)?.get(kind);
  }

  /** The job was refused, and got nothing. */
  refused(job: Job, queue: Queue, refusal: Refusal): void {
    const { recency, resources } = this.#snapshot;
    const alike = job.alike(resources);
    const perspective = alike && this.#perspective(job);
    if (alike === undefined || perspective === undefined) return;
    if (queue !== this.#queue || this.#changedAt !== recency.now) {
      this.#refusals.clear();
      this.#queue = queue;
      this.#changedAt = recency.now;
    }
    let known = this.#refusals.get(perspective);
    if (known === undefined) this.#refusals.set(perspective, (known = new Map<TaskClass, Refusal>()));
    known.set(alike, refusal);
  }

  #perspective({ tasks: { first } }: Job): object | undefined {
    if (first === undefined || this.#framework.mayClose(first)) return undefined;
    // Which claims its queue holds already is a matter of each.
    const { isUsed } = this.#snapshot.claims.holdings;
    return isUsed && first.record.deviceClaims.length > 0 ? undefined : this.#framework.perspective(first);
  }
}
