import type { Vcjob } from '../kinds/vcjob.ts';
import type { ObjectHead } from './object-head.ts';
import type { OwnerRecord } from './owner-record.ts';

/** The spec of a Job of batch.volcano.sh as it travels. */
export type VcjobSpec = NonNullable<Vcjob['spec']>;
/** One task of it. */
export type VcjobTask = NonNullable<VcjobSpec['tasks']>[number];
/** Its status as it travels; empty for a job that no controller has seen. */
export type VcjobStatus = NonNullable<Vcjob['status']>;

/** What Sluice keeps of a Job of batch.volcano.sh: all of it, since whole pods are made from it. */
export interface VcjobRecord extends ObjectHead {
  /** Grows with each change of the spec. */
  readonly generation: number;
  /** When somebody changed anything but its status last, milliseconds since 1970. */
  readonly editedMs: number;
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
  /** The controlling owner, else the first one. */
  readonly owner: OwnerRecord | undefined;
  readonly spec: VcjobSpec;
  readonly status: VcjobStatus;
}
