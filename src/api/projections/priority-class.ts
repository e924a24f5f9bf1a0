import { isJsonObject, member } from '../../lib/json.ts';
import type { PriorityClassRecord } from '../records/priority-class-record.ts';
import { readMetadata, whole } from './metadata.ts';

/** The record of a PriorityClass; undefined for anything without a name. */
export function projectPriorityClass(raw: unknown): PriorityClassRecord | undefined {
  const { name } = readMetadata(raw);
  if (name === '' || !isJsonObject(raw)) return undefined;
  return {
    name,
    value: whole(raw, 'value', 0),
    isGlobalDefault: member(raw, 'globalDefault') === true,
    isPatient: member(raw, 'preemptionPolicy') === 'Never',
  };
}
