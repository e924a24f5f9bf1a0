import type { ResourceAmounts, TaintRecord } from './scheduling-shape.ts';

/** What Sluice keeps of a node. */
export interface NodeRecord {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly taints: readonly TaintRecord[];
  readonly unschedulable: boolean;
  readonly allocatable: ResourceAmounts;
}
