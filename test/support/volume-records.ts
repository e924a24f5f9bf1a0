import type { PodClaim } from '../../src/api/records/pod-claim.ts';
import type { StorageClassRecord } from '../../src/api/records/storage-class-record.ts';
import type { VolumeClaimRecord } from '../../src/api/records/volume-claim-record.ts';
import type { VolumeRecord } from '../../src/api/records/volume-record.ts';
import type { NodeTerm } from '../../src/api/records/scheduling-shape.ts';
import type { StorageFeed } from '../../src/engine/cycle/feeds/storage-feed.ts';
import type { StorageFacts } from '../../src/scheduler/volumes/storage-facts.ts';

/** Claims of namespace `ns` as a pod names them. */
export function podClaims(...names: readonly string[]): readonly PodClaim[] {
  return names.map((name) => ({ key: `ns/${name}`, podUid: '' }));
}

/** An unbound claim of 10 bytes in namespace `ns`, of the class `local`. */
export function makeClaim(name: string, overrides: Partial<VolumeClaimRecord> = {}): VolumeClaimRecord {
  return {
    key: `ns/${name}`,
    namespace: 'ns',
    name,
    uid: `claim-${name}`,
    resourceVersion: '1',
    deleting: false,
    ownerUid: '',
    className: 'local',
    accessModes: ['ReadWriteOnce'],
    isBlock: false,
    request: 10,
    selector: [],
    volumeName: '',
    isBound: false,
    isLost: false,
    selectedNode: '',
    ...overrides,
  };
}

/** A volume of 10 bytes and the class `local` that no claim has and every node reaches. */
export function makeVolume(name: string, overrides: Partial<VolumeRecord> = {}): VolumeRecord {
  return {
    name,
    uid: `volume-${name}`,
    resourceVersion: '1',
    deleting: false,
    labels: [],
    className: 'local',
    accessModes: ['ReadWriteOnce'],
    isBlock: false,
    capacity: 10,
    isAvailable: true,
    claim: '',
    claimUid: '',
    nodeTerms: undefined,
    driver: '',
    handle: '',
    ...overrides,
  };
}

/** A class whose claims wait for their first consumer; it makes no volumes. */
export function makeClass(name: string, overrides: Partial<StorageClassRecord> = {}): StorageClassRecord {
  return {
    name,
    provisioner: 'kubernetes.io/no-provisioner',
    waitsForConsumer: true,
    topologies: undefined,
    ...overrides,
  };
}

/** Only these nodes. */
export function onNodes(...names: readonly string[]): readonly NodeTerm[] {
  return [{ labels: [{ key: 'kubernetes.io/hostname', operator: 'In', values: names }], fields: [] }];
}

/** The claim and its volume, bound to each other. */
export function bind(facts: StorageFacts, claim: VolumeClaimRecord, volume: VolumeRecord): void {
  facts.claims.set(claim.key, { ...claim, volumeName: volume.name, isBound: true });
  facts.volumes.set(volume.name, { ...volume, isAvailable: false, claim: claim.key, claimUid: claim.uid });
}

/** A cluster without any volumes. */
export function listNoVolumes(storage: StorageFeed): void {
  const nothing = [{ kind: 'replace' as const, records: [] }];
  storage.onVolumeClaims(nothing);
  storage.onVolumes(nothing);
  storage.onStorageClasses(nothing);
  storage.onCsiNodes(nothing);
  storage.onCsiDrivers(nothing);
  storage.onStorageCapacities(nothing);
}
