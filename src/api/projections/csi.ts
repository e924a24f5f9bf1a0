import { member, objectAt } from '../../lib/json.ts';
import { quantityToUnits } from '../../lib/quantity.ts';
import type { CsiDriverRecord, CsiNodeRecord, StorageCapacityRecord } from '../records/csi-records.ts';
import { readSelector } from './label-selector.ts';
import { objects, readMetadata, text } from './metadata.ts';

/** The record of a CSINode; undefined for anything without name. */
export function projectCsiNode(raw: unknown): CsiNodeRecord | undefined {
  const { name } = readMetadata(raw);
  if (name === '') return undefined;
  const limits = objects(raw, 'spec', 'drivers').flatMap((driver): readonly (readonly [string, number])[] => {
    const count = member(member(driver, 'allocatable'), 'count');
    return typeof count === 'number' && Number.isSafeInteger(count) ? [[text(driver, 'name'), count]] : [];
  });
  return { name, limits: new Map(limits) };
}

/** The record of a CSIDriver; undefined for anything without name. */
export function projectCsiDriver(raw: unknown): CsiDriverRecord | undefined {
  const { name } = readMetadata(raw);
  return name === '' ? undefined : { name, tellsCapacity: objectAt(raw, 'spec')['storageCapacity'] === true };
}

/** The record of a CSIStorageCapacity; undefined for anything without name or namespace. The largest volume counts, where it is told. */
export function projectStorageCapacity(raw: unknown): StorageCapacityRecord | undefined {
  const { name, namespace } = readMetadata(raw);
  if (name === '' || namespace === '') return undefined;
  const labels = readSelector(member(raw, 'nodeTopology'));
  return {
    key: `${namespace}/${name}`,
    className: text(objectAt(raw), 'storageClassName'),
    largest: quantityToUnits(member(raw, 'maximumVolumeSize') ?? member(raw, 'capacity'), 'one', 'down') ?? 0,
    nodes: labels === undefined ? undefined : { labels, fields: [] },
  };
}
