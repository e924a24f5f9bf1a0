import { arrayAt, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { NodeTerm } from '../records/scheduling-shape.ts';
import type { StorageClassRecord } from '../records/storage-class-record.ts';
import { objects, readMetadata, text } from './metadata.ts';

/** The record of a StorageClass; undefined for anything without name. */
export function projectStorageClass(raw: unknown): StorageClassRecord | undefined {
  const { name } = readMetadata(raw);
  if (name === '') return undefined;
  const topologies = objects(raw, 'allowedTopologies');
  return {
    name,
    provisioner: text(objectAt(raw), 'provisioner'),
    waitsForConsumer: text(objectAt(raw), 'volumeBindingMode') === 'WaitForFirstConsumer',
    topologies: topologies.length === 0 ? undefined : topologies.map(term),
  };
}

function term(raw: JsonObject): NodeTerm {
  const labels = objects(raw, 'matchLabelExpressions').map((expression) => ({
    key: text(expression, 'key'),
    operator: 'In' as const,
    values: arrayAt(expression, 'values').filter((value) => typeof value === 'string'),
  }));
  return { labels, fields: [] };
}
