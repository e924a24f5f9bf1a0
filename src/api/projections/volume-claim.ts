import { arrayAt, member, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { quantityToUnits } from '../../lib/quantity.ts';
import { BETA_CLASS_ANNOTATION, BIND_COMPLETED_ANNOTATION, SELECTED_NODE_ANNOTATION } from '../keys.ts';
import type { VolumeClaimRecord } from '../records/volume-claim-record.ts';
import { readSelector } from './label-selector.ts';
import { readMetadata, text } from './metadata.ts';

/** The record of a PersistentVolumeClaim; undefined for anything without name, namespace or UID. */
export function projectVolumeClaim(raw: unknown): VolumeClaimRecord | undefined {
  const { name, namespace, uid, resourceVersion, deleting, annotations, owner, isOwnerController } = readMetadata(raw);
  if (name === '' || namespace === '' || uid === '') return undefined;
  const spec = objectAt(raw, 'spec');
  const volumeName = text(spec, 'volumeName');
  return {
    key: `${namespace}/${name}`,
    namespace,
    name,
    uid,
    resourceVersion,
    deleting,
    ownerUid: isOwnerController ? (owner?.uid ?? '') : '',
    className: className(spec, annotations),
    accessModes: accessModes(spec),
    isBlock: isBlock(spec),
    request: quantityToUnits(objectAt(spec, 'resources', 'requests')['storage'], 'one', 'up') ?? 0,
    selector: readSelector(member(spec, 'selector') ?? {}),
    volumeName,
    isBound: volumeName !== '' && member(annotations, BIND_COMPLETED_ANNOTATION) !== undefined,
    isLost: text(objectAt(raw, 'status'), 'phase') === 'Lost',
    selectedNode: text(annotations, SELECTED_NODE_ANNOTATION),
  };
}

/** An annotation from before the field wins, as in Kubernetes. */
export function className(spec: JsonObject, annotations: JsonObject): string {
  return text(annotations, BETA_CLASS_ANNOTATION) || text(spec, 'storageClassName');
}

export function accessModes(spec: JsonObject): readonly string[] {
  return arrayAt(spec, 'accessModes').filter((mode) => typeof mode === 'string');
}

export function isBlock(spec: JsonObject): boolean {
  return text(spec, 'volumeMode') === 'Block';
}
