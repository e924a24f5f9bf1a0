import type { LabelPairs } from './label-selector.ts';
import type { NodeTerm } from './scheduling-shape.ts';

/** What Sluice keeps of a PersistentVolume. */
export interface VolumeRecord {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly deleting: boolean;
  readonly labels: LabelPairs;
  /** Empty for none. */
  readonly className: string;
  readonly accessModes: readonly string[];
  readonly isBlock: boolean;
  /** Bytes. */
  readonly capacity: number;
  /** No claim has it, and none is to. */
  readonly isAvailable: boolean;
  /** `namespace/name` of the claim that it is kept for or bound to; empty for none. */
  readonly claim: string;
  /** Of that claim; empty when whoever wrote it did not say. */
  readonly claimUid: string;
  /** Nodes that reach it match one of them; undefined: all do. */
  readonly nodeTerms: readonly NodeTerm[] | undefined;
  /** Name of its CSI driver; empty for other kinds of volumes. */
  readonly driver: string;
  /** What the driver calls it: one volume, however many claims name it. */
  readonly handle: string;
}
