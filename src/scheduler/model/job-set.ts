import type { Job } from './job.ts';

/** Removed jobs in a list beyond as many as are members, before they leave it although nobody walks. */
const SPARE_SLOTS = 64;

/**
 * A set of jobs that costs a bit in the job and a slot in a list: adding and removing touch nothing else, and a walk is
 * a walk over an array. Each set needs two bits of its own in `Job.flags`. Walks over all jobs, here and elsewhere, go by
 * index: an iterator makes an object for each step.
 */
export class JobSet {
  readonly #member: number;
  /** Set while the job stands in the list, as a member or as one that was removed since the last walk. */
  readonly #listed: number;
  #list: Job[] = [];
  #size = 0;

  /** `bit` is 0, 2, 4 ...: the lower of the set's two bits. */
  constructor(bit: number) {
    this.#member = 1 << bit;
    this.#listed = 2 << bit;
  }

  /** Number of members. */
  get size(): number {
    return this.#size;
  }

  /** Slots of the list: of members, and of jobs that were removed since the last walk. */
  get slots(): number {
    return this.#list.length;
  }

  has(job: Job): boolean {
    return (job.flags & this.#member) !== 0;
  }

  add(job: Job): void {
    if ((job.flags & this.#member) !== 0) return;
    if ((job.flags & this.#listed) === 0) this.#list.push(job);
    job.flags |= this.#member | this.#listed;
    this.#size += 1;
    // Who does not lead walks never, and jobs come and go all the same.
    if (this.#list.length > 2 * this.#size + SPARE_SLOTS) this.members();
  }

  delete(job: Job): void {
    if ((job.flags & this.#member) === 0) return;
    job.flags &= ~this.#member;
    this.#size -= 1;
  }

  /** The members in the order they came; each is none any more when it is handed over. `act` adds none. */
  drain(act: (job: Job) => void): readonly Job[] {
    const bits = ~(this.#member | this.#listed);
    const list = this.#list;
    this.#list = [];
    this.#size = 0;
    let kept = 0;
    for (let i = 0; i < list.length; i += 1) {
      const job = list[i] as Job;
      const isMember = (job.flags & this.#member) !== 0;
      job.flags &= bits;
      if (!isMember) continue;
      act(job);
      list[kept] = job;
      kept += 1;
    }
    list.length = kept;
    return list;
  }

  clear(): void {
    const bits = ~(this.#member | this.#listed);
    const list = this.#list;
    for (let i = 0; i < list.length; i += 1) (list[i] as Job).flags &= bits;
    this.#list = [];
    this.#size = 0;
  }

  /** The members in the order they came; drops removed ones from the list first. Do not add while walking it. */
  members(): readonly Job[] {
    let kept = 0;
    const list = this.#list;
    for (let i = 0; i < list.length; i += 1) {
      const job = list[i] as Job;
      if ((job.flags & this.#member) === 0) {
        job.flags &= ~this.#listed;
        continue;
      }
      list[kept] = job;
      kept += 1;
    }
    list.length = kept;
    return list;
  }
}
