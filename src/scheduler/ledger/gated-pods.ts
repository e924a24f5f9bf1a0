import type { PodRecord } from '../../api/records/pod-record.ts';
import type { Job } from '../model/job.ts';
import type { JobSet } from '../model/job-set.ts';
import { groupKey, isMember } from './orphans.ts';

/** Members that scheduling gates hold back: nobody may place them, and their groups wait for them. Counted for what groups are told. */
export class GatedPods {
  readonly #jobs: ReadonlyMap<string, Job>;
  readonly #dirtyJobs: JobSet;
  /** Key of its group by UID of the pod. */
  readonly #groups = new Map<string, string>();
  readonly #counts = new Map<string, number>();

  constructor(jobs: ReadonlyMap<string, Job>, dirtyJobs: JobSet) {
    this.#jobs = jobs;
    this.#dirtyJobs = dirtyJobs;
  }

  /** Of the group of this key. */
  countOf(group: string): number {
    return this.#counts.get(group) ?? 0;
  }

  /** The pod came or changed. */
  see(record: PodRecord): void {
    // Who has a node is held back by none, whatever his record says.
    const isHeldBack = record.gated && record.nodeName === '' && !record.deleting && isMember(record);
    const group = isHeldBack ? groupKey(record) : undefined;
    if (group === this.#groups.get(record.uid)) return;
    this.drop(record.uid);
    if (group === undefined) return;
    this.#groups.set(record.uid, group);
    this.#add(group, 1);
  }

  /** The pod is gone. */
  drop(uid: string): void {
    const group = this.#groups.get(uid);
    if (group === undefined) return;
    this.#groups.delete(uid);
    this.#add(group, -1);
  }

  #add(group: string, by: 1 | -1): void {
    const count = this.countOf(group) + by;
    if (count === 0) this.#counts.delete(group);
    else this.#counts.set(group, count);
    const job = this.#jobs.get(group);
    if (job === undefined) return;
    job.gated = count;
    this.#dirtyJobs.add(job);
  }
}
