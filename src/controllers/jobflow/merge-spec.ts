import { isJsonObject } from '../../lib/json.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';

/** Lists whose entries are matched by their names, wherever they stand in the spec of a Job. */
const BY_NAME: ReadonlySet<string> = new Set(['tasks', 'containers', 'initContainers', 'env', 'volumes']);

/**
 * The spec with what the patch says: objects are merged, lists of named things entry by entry, and anything else is replaced; null
 * takes away. Neither input is changed. O(size of both).
 */
export function mergeSpec(spec: JsonObject, patch: JsonObject): JsonObject {
  const merged: Record<string, JsonValue> = { ...spec };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = mergeValue(Object.hasOwn(spec, key) ? spec[key] : undefined, value, key);
  }
  return merged;
}

function mergeValue(before: JsonValue | undefined, value: JsonValue, key: string): JsonValue {
  if (isJsonObject(value)) return mergeSpec(isJsonObject(before) ? before : {}, value);
  if (!BY_NAME.has(key) || !areNamed(before) || !areNamed(value)) return value;
  const changes = new Map(value.map((entry) => [entry.name, entry]));
  const known = new Set(before.map(({ name }) => name));
  const changed = before.map((entry) => {
    const change = changes.get(entry.name);
    return change === undefined ? entry : mergeSpec(entry, change);
  });
  return [...changed, ...value.filter(({ name }) => !known.has(name))];
}

type Named = JsonObject & { readonly name: string };

/** The volumes of a Job itself have no names, unlike those of pods. */
function areNamed(value: JsonValue | undefined): value is readonly Named[] {
  return Array.isArray(value) && value.every((entry) => isJsonObject(entry) && typeof entry['name'] === 'string');
}
