import { selects } from '../../api/records/label-selector.ts';
import type { VolumeClaimRecord } from '../../api/records/volume-claim-record.ts';
import type { VolumeRecord } from '../../api/records/volume-record.ts';

/** Whether a volume that is kept for the claim will do for it. */
export function isLargeEnough(claim: VolumeClaimRecord, volume: VolumeRecord): boolean {
  return volume.capacity >= claim.request && volume.isBlock === claim.isBlock && !volume.deleting;
}

/** Whether a volume of the claim's class that nobody has will do for it. */
export function isMatch(claim: VolumeClaimRecord, volume: VolumeRecord): boolean {
  return (
    isLargeEnough(claim, volume) &&
    selects(claim.selector, volume.labels) &&
    claim.accessModes.every((mode) => volume.accessModes.includes(mode))
  );
}
