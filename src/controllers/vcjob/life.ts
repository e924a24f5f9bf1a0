import type { VcjobRecord } from '../../api/records/vcjob-record.ts';

/** Where a job stands; empty before its controller has seen it. */
export type JobPhase = NonNullable<NonNullable<VcjobRecord['status']['state']>['phase']> | '';

/** What the status remembers from one look to the next. */
export interface JobLife {
  readonly phase: JobPhase;
  /** Grows by one each time that pods are killed. */
  readonly version: number;
  /** Pods of an earlier version are to go; below `version` where only some pods were restarted since. */
  readonly oldestVersion: number;
  readonly retryCount: number;
  /** When it took its phase, milliseconds since 1970. */
  readonly sinceMs: number;
}

export function jobLife({ status, createdMs }: VcjobRecord): JobLife {
  const sinceMs = Date.parse(status.state?.lastTransitionTime ?? '');
  return {
    phase: status.state?.phase ?? '',
    version: status.version ?? 0,
    oldestVersion: status.oldestVersion ?? 0,
    retryCount: status.retryCount ?? 0,
    sinceMs: Number.isNaN(sinceMs) ? createdMs : sinceMs,
  };
}

/** It came to its end: nothing starts it anew. */
export function isOver(phase: JobPhase): boolean {
  return phase === 'Completed' || phase === 'Failed' || phase === 'Terminated';
}
