import type { CommandRecord } from '../../api/records/command-record.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import type { SubmitterKeys } from '../../api/submitter-claim.ts';
import type { PriorityOf } from './minimum.ts';

/** All that decides what is done about a job. */
export interface ObservedVcjob {
  readonly nowMs: number;
  readonly job: VcjobRecord;
  /** Every pod that it controls. */
  readonly pods: readonly PodRecord[];
  readonly group: PodGroupRecord | undefined;
  /** Commands that are for it, oldest first. */
  readonly commands: readonly CommandRecord[];
  readonly priorityOf: PriorityOf;
  /** The pod of this name, whosever it is. */
  readonly podNamed: (name: string) => PodRecord | undefined;
  /** Whether a claim of this name is there. */
  readonly hasClaim: (name: string) => boolean;
  /** Fingerprints of the events that the job was told already. */
  readonly reported: ReadonlySet<string>;
  /** What submitters are signed and known again with. */
  readonly submitterKeys: SubmitterKeys;
}
