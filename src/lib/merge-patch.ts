import { isJsonObject } from './json.ts';
import type { JsonObject, JsonValue } from './json.ts';

/**
 * The JSON merge patch (RFC 7386) that makes the first object like the second one; undefined when it is already. Lists are
 * replaced as a whole, and what the second object lacks is taken away.
 */
export function mergePatch(before: JsonObject, after: JsonObject): JsonObject | undefined {
  const patch: Record<string, JsonValue> = {};
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) patch[key] = null;
  for (const [key, value] of Object.entries(after)) {
    const change = changeOf(Object.hasOwn(before, key) ? before[key] : undefined, value);
    if (change !== undefined) patch[key] = change;
  }
  return Object.keys(patch).length === 0 ? undefined : patch;
}

function changeOf(before: JsonValue | undefined, after: JsonValue): JsonValue | undefined {
  if (isJsonObject(before) && isJsonObject(after)) return mergePatch(before, after);
  return isSame(before, after) ? undefined : after;
}

function isSame(a: JsonValue | undefined, b: JsonValue): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, at) => isSame(one, b[at]));
  if (isJsonObject(a) && isJsonObject(b)) return mergePatch(a, b) === undefined;
  return a === b;
}
