import { member, objectAt } from '../../lib/json.ts';
import { quantityToUnits } from '../../lib/quantity.ts';
import type { VolumeRecord } from '../records/volume-record.ts';
import { labelPairs, readMetadata, text } from './metadata.ts';
import { nodeTerms } from './node-affinity.ts';
import { accessModes, className, isBlock } from './volume-claim.ts';

/** The record of a PersistentVolume; undefined for anything without name or UID. */
export function projectVolume(raw: unknown): VolumeRecord | undefined {
  const { name, uid, resourceVersion, deleting, labels, annotations } = readMetadata(raw);
  if (name === '' || uid === '') return undefined;
  const spec = objectAt(raw, 'spec');
  const claim = objectAt(spec, 'claimRef');
  const csi = objectAt(spec, 'csi');
  return {
    name,
    uid,
    resourceVersion,
    deleting,
    labels: labelPairs(labels),
    className: className(spec, annotations),
    accessModes: accessModes(spec),
    isBlock: isBlock(spec),
    capacity: quantityToUnits(objectAt(spec, 'capacity')['storage'], 'one', 'down') ?? 0,
    isAvailable: text(objectAt(raw, 'status'), 'phase') === 'Available',
    claim: text(claim, 'name') === '' ? '' : `${text(claim, 'namespace')}/${text(claim, 'name')}`,
    claimUid: text(claim, 'uid'),
    nodeTerms: nodeTerms(member(objectAt(spec, 'nodeAffinity'), 'required')),
    driver: text(csi, 'driver'),
    handle: text(csi, 'volumeHandle'),
  };
}
