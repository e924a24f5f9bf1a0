import type { JobRecord } from '../../api/records/job-record.ts';
import type { NamespaceRecord } from '../../api/records/namespace-record.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import type { SubmitterKeys } from '../../api/submitter-claim.ts';
import type { ObservedWorkload } from '../pod-group/workload.ts';

/** All that decides what becomes of a pod without a group. */
export interface ObservedLoosePod {
  readonly nowMs: number;
  readonly pod: PodRecord;
  readonly namespace: NamespaceRecord | undefined;
  /** The Job that controls the pod, found by UID, when it carries a plan. */
  readonly job: JobRecord | undefined;
  /** What made the pod, found by UID, where all its pods share a group. */
  readonly workload: ObservedWorkload | undefined;
  /** The PodGroup named adoptedGroupName(pod, workload). */
  readonly group: PodGroupRecord | undefined;
  /** The queue of this name. */
  readonly queue: (name: string) => QueueRecord | undefined;
  /** Fingerprints of the events that the pod was told already. */
  readonly reported: ReadonlySet<string>;
  /** What submitters are signed and known again with. */
  readonly submitterKeys: SubmitterKeys;
}

/** All that decides whether a missing PodGroup is reported. */
export interface ObservedMissingGroup {
  readonly nowMs: number;
  readonly name: string;
  readonly group: PodGroupRecord | undefined;
  /** The pods that name the group. */
  readonly members: readonly PodRecord[];
  /** Fingerprints of the events told, by pod UID. */
  readonly reported: (uid: string) => ReadonlySet<string>;
}
