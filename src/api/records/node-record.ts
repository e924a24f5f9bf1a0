import type { NodeCards } from './card-records.ts';
import type { ResourceAmounts, TaintRecord } from './scheduling-shape.ts';

/** A container image that lies on a node. */
export interface NodeImage {
  /** By tag and by digest. */
  readonly names: readonly string[];
  readonly bytes: number;
}

/** What Sluice keeps of a node. */
export interface NodeRecord {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly taints: readonly TaintRecord[];
  readonly unschedulable: boolean;
  readonly allocatable: ResourceAmounts;
  /** Those that its kubelet tells of: mostly the fifty largest. Equal ones are shared between nodes. */
  readonly images: readonly NodeImage[];
  /** Cards of which pods get parts; undefined for most. */
  readonly cards: NodeCards | undefined;
}
