import type { Job } from '../model/job.ts';

/**
 * A group that lacks pods keeps its room for so long after it was let in or last gained one. Whoever makes pods makes them
 * within seconds, or is kept from it (a quota, a broken template).
 */
const GRACE_MS = 5000;
/** One that runs waits for those of its next stage: a Spark driver takes its time before it asks for executors. */
const STARTED_GRACE_MS = 60_000;

/** A job that lacks pods. */
interface Youth {
  readonly valid: number;
  readonly isIn: boolean;
  readonly sinceMs: number;
}

/** The jobs that lack pods of their minimum, and for which of them that is no wonder yet. */
export class YoungJobs {
  readonly #young = new Map<Job, Youth>();
  readonly #inGrace = new Set<Job>();

  get isEmpty(): boolean {
    return this.#young.size === 0;
  }

  has(job: Job): boolean {
    return this.#young.has(job);
  }

  /** It lacks none, or none for so long that nobody waits for them any more. */
  mayCount(job: Job): boolean {
    return !this.#young.has(job) || this.#inGrace.has(job);
  }

  /** It keeps its room for some time from now on, although it lacks pods. */
  letIn(job: Job, nowMs: number): void {
    const youth = this.#young.get(job);
    if (youth === undefined) return;
    this.#young.set(job, { ...youth, isIn: true, sinceMs: nowMs });
    this.#inGrace.add(job);
  }

  /** Its state is another: a pod more, or a place among those that were let in, begins the grace anew. */
  note(job: Job, isIn: boolean, nowMs: number): void {
    if (!lacksPods(job)) {
      this.delete(job);
      return;
    }
    const known = this.#young.get(job);
    const valid = job.valid();
    const isNews = known === undefined || valid > known.valid || (isIn && !known.isIn) || nowMs < known.sinceMs;
    this.#young.set(job, { valid, isIn, sinceMs: isNews ? nowMs : known.sinceMs });
    if (isNews) this.#inGrace.add(job);
  }

  delete(job: Job): void {
    if (this.#young.size > 0) this.#young.delete(job);
    if (this.#inGrace.size > 0) this.#inGrace.delete(job);
  }

  clear(): void {
    this.#young.clear();
    this.#inGrace.clear();
  }

  /** Those whose grace is over now; each is told once. */
  takeOverdue(nowMs: number): readonly Job[] {
    const overdue: Job[] = [];
    for (const job of this.#inGrace) {
      const sinceMs = this.#young.get(job)?.sinceMs ?? 0;
      if (nowMs - sinceMs > (job.ready() > 0 ? STARTED_GRACE_MS : GRACE_MS)) overdue.push(job);
    }
    for (const job of overdue) this.#inGrace.delete(job);
    return overdue;
  }
}

function lacksPods(job: Job): boolean {
  if (job.valid() < job.minMember) return true;
  for (const group of job.groups) if (group.valid() < group.min) return true;
  return job.subGroups?.lacksPods() === true;
}
