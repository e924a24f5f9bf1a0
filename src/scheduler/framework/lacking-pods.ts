import type { Job } from '../model/job.ts';
import type { Refusal } from './plugin.ts';

/** Says that a group has fewer pods than must start together. */
export function lackingPods(job: Job): Refusal {
  const heldBack = job.gated === 0 ? '' : `; scheduling gates hold back ${job.gated} more`;
  const message = `PodGroup ${job.key} needs ${job.minMember} pods and has ${job.valid()}${heldBack}.`;
  return { code: 'NotEnoughPods', message };
}
