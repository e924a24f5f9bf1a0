import { objectAt } from '../../lib/json.ts';
import type { ConfigMapRecord } from '../records/config-map-record.ts';
import { readMetadata } from './metadata.ts';

/** The record of a ConfigMap; undefined for anything without a name. */
export function projectConfigMap(raw: unknown): ConfigMapRecord | undefined {
  const { namespace, name, uid } = readMetadata(raw);
  if (name === '') return undefined;
  const data = new Map<string, string>();
  for (const [key, value] of Object.entries(objectAt(raw, 'data'))) if (typeof value === 'string') data.set(key, value);
  return { key: `${namespace}/${name}`, namespace, name, uid, data };
}
