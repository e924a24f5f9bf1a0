import { KUBE_DEFAULT_SCHEDULER } from '../../api/keys.ts';
import type { JobRecord } from '../../api/records/job-record.ts';
import type { NamespaceRecord } from '../../api/records/namespace-record.ts';
import { JOBS } from '../../api/resources.ts';
import { eventOnce } from '../effect.ts';
import type { Effect } from '../effect.ts';

/** All that decides whether a Job is told that nobody manages it. */
export interface ObservedJob {
  readonly job: JobRecord;
  readonly namespace: NamespaceRecord | undefined;
  /** Fingerprints of the events that the Job was told already. */
  readonly reported: ReadonlySet<string>;
}

/**
 * Tells a Job of an opted-in namespace whose template no webhook stamped. Templates are immutable, so it can only be made
 * anew. Who chose a scheduler meant it.
 */
export function reconcileUnmanagedJob({ job, namespace, reported }: ObservedJob): readonly Effect[] {
  if (namespace?.optedIn !== true || job.deleting || job.state === 'Ended' || job.groupPlan !== '') return [];
  if (job.schedulerName !== '' && job.schedulerName !== KUBE_DEFAULT_SCHEDULER) return [];
  const event = {
    regarding: { type: JOBS, namespace: job.namespace, name: job.name, uid: job.uid },
    type: 'Warning',
    reason: 'UnmanagedJob',
    action: 'Grouping',
    note:
      'The Job did not pass the admission webhook and its template cannot be changed any more: ' +
      'it forms no gang. Delete it and create it anew.',
  } as const;
  return eventOnce(event, reported);
}
