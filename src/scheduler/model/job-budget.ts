import { MAX_UNAVAILABLE_ANNOTATION, MIN_AVAILABLE_ANNOTATION } from '../../api/keys.ts';
import { disruptionAmount } from '../../api/disruption-amount.ts';
import type { Job } from './job.ts';
import { TaskStatus } from './task-status.ts';

/**
 * How many more of the job's pods may go now, by what its PodGroup says: so many have to run, or so many may be missing, of
 * the pods that have not ended. Undefined when it says neither, or nothing that can be read. As in Volcano the first of the
 * two counts, and parts of a pod are rounded up.
 */
export function disruptionsAllowed(job: Job): number | undefined {
  const { hints } = job.record;
  const lasting = job.tasks.size - job.count(TaskStatus.Succeeded) - job.count(TaskStatus.Failed);
  const running = job.count(TaskStatus.Running);
  const least = disruptionAmount(hints.get(MIN_AVAILABLE_ANNOTATION) ?? '', lasting);
  if (least !== undefined) return Math.max(0, running - least);
  const most = disruptionAmount(hints.get(MAX_UNAVAILABLE_ANNOTATION) ?? '', lasting);
  return most === undefined ? undefined : Math.max(0, most - (lasting - running));
}
