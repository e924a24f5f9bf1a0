import type { CsiDriverRecord, CsiNodeRecord, StorageCapacityRecord } from '../../../api/records/csi-records.ts';
import type { StorageClassRecord } from '../../../api/records/storage-class-record.ts';
import type { VolumeClaimRecord } from '../../../api/records/volume-claim-record.ts';
import type { VolumeRecord } from '../../../api/records/volume-record.ts';
import type { StorageFacts } from '../../../scheduler/volumes/storage-facts.ts';
import type { ChangeHandler } from '../../ports.ts';
import { factHandler } from '../fact-handler.ts';
import type { FactSink } from '../fact-handler.ts';

interface StorageFeedOptions {
  readonly facts: StorageFacts;
  /** A kind was listed, or changed so that a decision may be another one. */
  readonly seen: (kind: string, isNews: boolean) => void;
  /** A claim, or a volume, is another one now. */
  readonly onChange: () => void;
}

/** What the watches of claims, volumes and their kin show goes into the snapshot, and to who waits for claims to be bound. */
export class StorageFeed {
  readonly onVolumeClaims: ChangeHandler<VolumeClaimRecord>;
  readonly onVolumes: ChangeHandler<VolumeRecord>;
  readonly onStorageClasses: ChangeHandler<StorageClassRecord>;
  readonly onCsiNodes: ChangeHandler<CsiNodeRecord>;
  readonly onCsiDrivers: ChangeHandler<CsiDriverRecord>;
  readonly onStorageCapacities: ChangeHandler<StorageCapacityRecord>;
  readonly #options: StorageFeedOptions;

  constructor(options: StorageFeedOptions) {
    this.#options = options;
    const { claims, volumes, classes, csiNodes, drivers, capacities } = options.facts;
    this.onVolumeClaims = this.#handler('persistentvolumeclaims', claims, ({ key }) => key);
    this.onVolumes = this.#handler('persistentvolumes', volumes, ({ name }) => name);
    this.onStorageClasses = this.#handler('storageclasses', classes, ({ name }) => name);
    this.onCsiNodes = this.#handler('csinodes', csiNodes, ({ name }) => name);
    this.onCsiDrivers = this.#handler('csidrivers', drivers, ({ name }) => name);
    this.onStorageCapacities = this.#handler('csistoragecapacities', capacities, ({ key }) => key);
  }

  #handler<T extends object>(kind: string, table: FactSink<T>, keyOf: (record: T) => string): ChangeHandler<T> {
    const { seen, onChange } = this.#options;
    return factHandler(table, keyOf, { seen: (isNews) => seen(kind, isNews), onChange });
  }
}

/** Kinds that it has to have listed before anything is decided. */
export const STORAGE_KINDS = 6;
