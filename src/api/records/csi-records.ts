import type { NodeTerm } from './scheduling-shape.ts';

/** What Sluice keeps of a CSINode. */
export interface CsiNodeRecord {
  /** That of the node. */
  readonly name: string;
  /** How many volumes of each driver can be attached, for drivers that say so. */
  readonly limits: ReadonlyMap<string, number>;
}

/** What Sluice keeps of a CSIDriver. */
export interface CsiDriverRecord {
  readonly name: string;
  /** It tells where it has how much room (CSIStorageCapacity). */
  readonly tellsCapacity: boolean;
}

/** What Sluice keeps of a CSIStorageCapacity: how large a volume of a class can be made for some nodes. */
export interface StorageCapacityRecord {
  /** `namespace/name`. */
  readonly key: string;
  readonly className: string;
  /** Bytes. */
  readonly largest: number;
  /** The nodes that it speaks of; undefined: none. Without requirements: all. */
  readonly nodes: NodeTerm | undefined;
}
