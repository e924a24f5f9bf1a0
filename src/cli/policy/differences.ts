import { isJsonObject } from '../../lib/json.ts';
import type { JsonValue } from '../../lib/json.ts';
import type { Difference } from './finding.ts';

/** The leaves and list entries in which two values differ; whole maps and lists where only one side has them. JSON in texts is looked into. */
export function differencesOf(
  before: JsonValue | undefined,
  after: JsonValue | undefined,
  path = '',
): readonly Difference[] {
  if (isJsonObject(before) && isJsonObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => differencesOf(own(before, key), own(after, key), memberPath(path, key)));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    const at = (list: readonly JsonValue[], index: number): JsonValue | undefined => list[index];
    return Array.from({ length }, (_, index) =>
      differencesOf(at(before, index), at(after, index), `${path}[${index}]`),
    ).flat();
  }
  if (before === after) return [];
  const texts = [parsed(before), parsed(after)];
  return isJsonObject(texts[0]) && isJsonObject(texts[1])
    ? differencesOf(texts[0], texts[1], path)
    : [{ path, before, after }];
}

/** Annotations may hold JSON, such as the plan of a group. */
function parsed(text: JsonValue | undefined): unknown {
  if (typeof text !== 'string' || !text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function own(map: Readonly<Record<string, JsonValue>>, key: string): JsonValue | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}

/** Keys with dots and the like stand in brackets. */
function memberPath(path: string, key: string): string {
  if (/[^\w-]/.test(key) || key === '') return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}
