import { PODS_REFUSED_ANNOTATION } from '../../api/keys.ts';
import type { Job } from '../model/job.ts';
import type { Refusal } from '../model/refusal.ts';

/** Says that a group has fewer pods than must start together. */
export function lackingPods(job: Job): Refusal {
  const heldBack = job.gated === 0 ? '' : `; scheduling gates hold back ${job.gated} more`;
  const message = `PodGroup ${job.key} needs ${job.minMember} pods and has ${job.valid()}${heldBack}.${refused(job)}`;
  return { code: 'NotEnoughPods', message };
}

function refused({ record }: Job): string {
  const why = record.hints.get(PODS_REFUSED_ANNOTATION);
  return why === undefined ? '' : ` The API server refuses the others (${why}).`;
}
