import { DEFAULT_QUEUE, VOLCANO_SCHEDULER } from '../../api/keys.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';

/** Queue of the job; admission writes one, and what slipped past it waits in the default queue. */
export function queueOf({ spec }: VcjobRecord): string {
  return spec.queue || DEFAULT_QUEUE;
}

/** Scheduler of pods whose template names none. */
export function schedulerOf({ spec }: VcjobRecord): string {
  return spec.schedulerName || VOLCANO_SCHEDULER;
}
