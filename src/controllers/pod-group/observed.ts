import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import type { SubmitterKeys } from '../../api/submitter-claim.ts';
import type { PlanRoot } from './plan-root.ts';
import type { ObservedWorkload } from './workload.ts';

/** All that decides what becomes of the PodGroup of one plan. */
export interface ObservedPodGroup {
  readonly nowMs: number;
  /** The root that speaks for the group (see pickRoot). */
  readonly root: PlanRoot;
  /** The PodGroup that has the plan's name, whoever made it. */
  readonly group: PodGroupRecord | undefined;
  /** The namespace of both opted in. */
  readonly isOptedIn: boolean;
  /** The group's pods; needed only while a stage may open, or where the root does not tell their priority, else empty. */
  readonly members: readonly PodRecord[];
  /** Members that came to a good end and still exist; 0 where the root's successes change nothing. */
  readonly succeededMembers: number;
  /** What makes the group's pods, where they plan it together and it was seen. */
  readonly workload: ObservedWorkload | undefined;
  /** What submitters are signed and known again with. */
  readonly submitterKeys: SubmitterKeys;
  /** The queue of this name. */
  readonly queue: (name: string) => QueueRecord | undefined;
  /** Fingerprints of the events that the root was told already. */
  readonly reported: ReadonlySet<string>;
}
