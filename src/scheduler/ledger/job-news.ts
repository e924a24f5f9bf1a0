import type { Job } from '../model/job.ts';
import type { JobBlock } from '../model/job-block.ts';
import { JobSet } from '../model/job-set.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import type { JobJournal } from './job-journal.ts';
import type { WaitingJobs } from './waiting-jobs.ts';

/** Where it is noted that a job changed. */
interface Keepers {
  readonly journal: JobJournal;
  readonly waiting: WaitingJobs;
  readonly resources: ResourceTable;
}

/** The jobs that had changed by the last `settle`, and have not been told what their status says. */
export class JobNews {
  readonly jobs = new JobSet(8);
  /** Blocks of newcomers, which are read as blocks from the beginning: none of these is among the jobs. */
  newcomers: JobBlock[] = [];
  readonly #keepers: Keepers;

  constructor(keepers: Keepers) {
    this.#keepers = keepers;
  }

  /** Takes up the jobs that changed: they stand in their lines, and the journal tells of them. O(those) */
  settle(changed: JobSet): void {
    const { journal, waiting, resources } = this.#keepers;
    const jobs = changed.drain((job) => {
      job.forgetReadings();
      waiting.refresh(job);
    });
    const found: JobBlock[] = [];
    // They ask to be let in for the first time, and are alike: to nobody who keeps a ledger does one of them make a difference.
    waiting.lines.settle((block) => {
      const areNew = block.set === waiting.asking && journal.meet(block.jobs);
      if (areNew && block.kind(resources) !== undefined) found.push(block);
    });
    let alike = 0;
    for (const block of found) {
      if (block.isStale) continue;
      block.areNew = true;
      journal.push(block);
      this.newcomers.push(block);
      alike += block.jobs.length;
    }
    if (alike === jobs.length) return;
    for (let i = 0; i < jobs.length; i += 1) {
      const job = jobs[i] as Job;
      if (job.block?.areNew === true) continue;
      journal.push(job);
      this.jobs.add(job);
    }
  }

  clear(): void {
    this.jobs.clear();
    this.newcomers = [];
  }
}
