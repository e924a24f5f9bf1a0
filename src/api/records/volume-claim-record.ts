import type { LabelSelector } from './label-selector.ts';

/** What Sluice keeps of a PersistentVolumeClaim. */
export interface VolumeClaimRecord {
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly deleting: boolean;
  /** UID of its controlling owner: the pod, for a claim that is made for one; else empty. */
  readonly ownerUid: string;
  /** Empty for none. */
  readonly className: string;
  /** As in Kubernetes, such as `ReadWriteOncePod`. */
  readonly accessModes: readonly string[];
  readonly isBlock: boolean;
  /** Bytes. */
  readonly request: number;
  /** What a volume's labels must be; empty: anything, undefined: nothing will do, since it cannot be read. */
  readonly selector: LabelSelector;
  /** Name of its volume, or of the one that it waits for; empty for none. */
  readonly volumeName: string;
  /** The volume controller has bound it to that volume. */
  readonly isBound: boolean;
  /** The volume that it was bound to is gone for good. */
  readonly isLost: boolean;
  /** Node that a scheduler chose, where its volume is to be made; empty for none. */
  readonly selectedNode: string;
}
