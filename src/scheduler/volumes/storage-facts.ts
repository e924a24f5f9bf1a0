import type { CsiDriverRecord, CsiNodeRecord, StorageCapacityRecord } from '../../api/records/csi-records.ts';
import type { StorageClassRecord } from '../../api/records/storage-class-record.ts';
import type { VolumeClaimRecord } from '../../api/records/volume-claim-record.ts';
import type { VolumeRecord } from '../../api/records/volume-record.ts';
import { factTable } from '../ledger/fact-table.ts';
import type { FactTable } from '../ledger/fact-table.ts';

/** What the cluster has of claims and volumes, and what decides where volumes can be made. */
export class StorageFacts {
  /** Grows with every change. */
  version = 0;
  readonly #claims = new Map<string, VolumeClaimRecord>();
  readonly #volumes = new Map<string, VolumeRecord>();
  readonly #classes = new Map<string, StorageClassRecord>();
  readonly #csiNodes = new Map<string, CsiNodeRecord>();
  readonly #drivers = new Map<string, CsiDriverRecord>();
  readonly #capacities = new Map<string, StorageCapacityRecord>();
  readonly claims = this.#told(this.#claims);
  readonly classes = this.#told(this.#classes);
  readonly csiNodes = this.#told(this.#csiNodes);
  readonly drivers = this.#told(this.#drivers);
  readonly capacities = this.#told(this.#capacities);
  readonly volumes: FactTable<VolumeRecord> = {
    get: (name) => this.#volumes.get(name),
    set: (name, record) => {
      this.#unfile(name);
      this.#volumes.set(name, record);
      this.#file(record);
      this.version += 1;
    },
    delete: (name) => {
      this.#unfile(name);
      this.#volumes.delete(name);
      this.version += 1;
    },
  };
  /** Volumes that no claim has, by class. */
  readonly #free = new Map<string, Set<VolumeRecord>>();
  /** The same, smallest first; made when somebody asks. */
  readonly #sorted = new Map<string, readonly VolumeRecord[]>();
  /** Volumes that are kept for a claim or bound to it. */
  readonly #kept = new Map<string, Set<VolumeRecord>>();

  /** Whether some node says how many volumes it takes. */
  get hasLimits(): boolean {
    return this.#csiNodes.size > 0;
  }

  /** Those of the class that no claim has, smallest first; names decide between equals. */
  freeOf(className: string): readonly VolumeRecord[] {
    let sorted = this.#sorted.get(className);
    if (sorted === undefined) {
      sorted = [...(this.#free.get(className) ?? [])].toSorted(bySize);
      this.#sorted.set(className, sorted);
    }
    return sorted;
  }

  /** Volumes that somebody keeps for the claim; seldom more than one. */
  *keptFor({ key, uid }: VolumeClaimRecord): Iterable<VolumeRecord> {
    for (const volume of this.#kept.get(key) ?? []) {
      if (volume.claimUid === '' || volume.claimUid === uid) yield volume;
    }
  }

  /** Where the class has how much room. */
  capacitiesOf(className: string): readonly StorageCapacityRecord[] {
    return [...this.#capacities.values()].filter((capacity) => capacity.className === className);
  }

  #told<T>(map: Map<string, T>): FactTable<T> {
    return factTable(map, () => (this.version += 1));
  }

  #file(volume: VolumeRecord): void {
    if (volume.claim !== '') addTo(this.#kept, volume.claim, volume);
    else if (volume.isAvailable && !volume.deleting) addTo(this.#free, volume.className, volume);
    this.#sorted.delete(volume.className);
  }

  #unfile(name: string): void {
    const volume = this.#volumes.get(name);
    if (volume === undefined) return;
    removeFrom(this.#kept, volume.claim, volume);
    removeFrom(this.#free, volume.className, volume);
    this.#sorted.delete(volume.className);
  }
}

function bySize(a: VolumeRecord, b: VolumeRecord): number {
  return a.capacity - b.capacity || (a.name < b.name ? -1 : 1);
}

function addTo<T>(sets: Map<string, Set<T>>, key: string, member: T): void {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([member]));
  else set.add(member);
}

function removeFrom<T>(sets: Map<string, Set<T>>, key: string, member: T): void {
  const set = sets.get(key);
  if (set?.delete(member) === true && set.size === 0) sets.delete(key);
}
