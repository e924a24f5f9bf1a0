import { CRON_TIME_ANNOTATION } from '../../api/keys.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';

/** The jobs of a CronJob by what became of them, each list the oldest first. */
export interface Children {
  readonly running: readonly VcjobRecord[];
  readonly completed: readonly VcjobRecord[];
  /** Failed, or ended by somebody. */
  readonly failed: readonly VcjobRecord[];
}

/** Sorts the jobs; one that was aborted may be resumed, so it has not come to its end. */
export function childrenOf(jobs: readonly VcjobRecord[]): Children {
  const sorted = jobs.toSorted((a, b) => a.createdMs - b.createdMs || (a.name < b.name ? -1 : 1));
  const inPhase = (...phases: readonly string[]): readonly VcjobRecord[] =>
    sorted.filter((job) => phases.includes(phaseOf(job)));
  return {
    running: sorted.filter((job) => !ENDS.has(phaseOf(job))),
    completed: inPhase('Completed'),
    failed: inPhase('Failed', 'Terminated'),
  };
}

/** The phase of a job; empty for one that no controller has seen. */
export function phaseOf({ status }: VcjobRecord): string {
  return status.state?.phase ?? '';
}

/** When it took its phase; 0 when nobody says. */
export function endMs({ status }: VcjobRecord): number {
  return Date.parse(status.state?.lastTransitionTime ?? '') || 0;
}

/** The time of the schedule that the job was made for; 0 when it does not say. */
export function scheduledMs({ annotations }: VcjobRecord): number {
  return Date.parse(annotations.get(CRON_TIME_ANNOTATION) ?? '') || 0;
}

const ENDS: ReadonlySet<string> = new Set(['Completed', 'Failed', 'Terminated']);
