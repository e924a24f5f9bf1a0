import type { PodClaim } from '../../api/records/pod-claim.ts';
import type { StorageClassRecord } from '../../api/records/storage-class-record.ts';
import type { VolumeClaimRecord } from '../../api/records/volume-claim-record.ts';
import type { VolumeRecord } from '../../api/records/volume-record.ts';
import type { StorageFacts } from './storage-facts.ts';

/** A claim that is bound once its pod has a node. */
export interface WaitingClaim {
  readonly kind: 'waiting';
  readonly claim: VolumeClaimRecord;
  readonly storageClass: StorageClassRecord;
}

/** What a claim means for the place of its pod. */
export type ClaimState =
  | { readonly kind: 'bound'; readonly claim: VolumeClaimRecord; readonly volume: VolumeRecord }
  | WaitingClaim
  /** No node will do before something else has happened, which is told. */
  | { readonly kind: 'blocked'; readonly problem: string };

/** As kube-scheduler reads it: only a claim of a class that waits for its first consumer, and names no volume, is for the scheduler to bind. */
export function claimState(facts: StorageFacts, { key, podUid }: PodClaim): ClaimState {
  const claim = facts.claims.get(key);
  if (claim === undefined) return blocked(`claim ${key} does not exist`);
  if (claim.deleting) return blocked(`claim ${key} is being deleted`);
  if (podUid !== '' && claim.ownerUid !== podUid) return blocked(`claim ${key} was not made for the pod`);
  if (claim.isLost) return blocked(`claim ${key} has lost its volume ${claim.volumeName}`);
  if (claim.isBound) {
    const volume = facts.volumes.get(claim.volumeName);
    if (volume === undefined) return blocked(`volume ${claim.volumeName} of claim ${key} does not exist`);
    return { kind: 'bound', claim, volume };
  }
  const storageClass = facts.classes.get(claim.className);
  if (storageClass === undefined || !storageClass.waitsForConsumer || claim.volumeName !== '') {
    return blocked(`claim ${key} waits for its volume`);
  }
  return { kind: 'waiting', claim, storageClass };
}

function blocked(problem: string): ClaimState {
  return { kind: 'blocked', problem };
}
