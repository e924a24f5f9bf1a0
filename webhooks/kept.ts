import { isPreemptable } from '../src/api/projections/metadata.ts';
import { objectAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';

/** True where the metadata of a root says that none of its pods is to be evicted for others. */
export function isKept(metadata: JsonObject): boolean {
  return !isPreemptable(objectAt(metadata, 'annotations'), objectAt(metadata, 'labels'));
}
