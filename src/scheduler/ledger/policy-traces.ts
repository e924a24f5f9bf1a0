import { NO_PROBLEMS } from '../model/queue.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Takes off the snapshot what the plugins of a policy left on it beside the ledgers: shares and problems of queues, tenants
 * of jobs, and what jobs were told and in which order their tasks stood. Whatever is assumed, promised or admitted stays. O(jobs + queues).
 */
export function dropPolicyTraces({ queues, jobs }: Snapshot): void {
  for (const queue of queues.values()) {
    queue.deserved = [];
    queue.setProblems(NO_PROBLEMS);
    queue.isDirty = true;
  }
  for (const job of jobs.values()) {
    job.forgetReadings();
    job.keptOut = undefined;
    job.tenant = undefined;
  }
}
