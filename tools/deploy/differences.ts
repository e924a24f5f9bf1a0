import { isJsonObject } from '../../src/lib/json.ts';
import type { JsonValue } from '../../src/lib/json.ts';
import { pointer } from '../../src/lib/json-patch.ts';
import type { PatchOperation } from '../../src/lib/json-patch.ts';

type Path = readonly (string | number)[];

/**
 * What makes one value of the other, as close to the leaves as can be: whoever has changed something else beside keeps it. Lists
 * only grow, at their end. Throws where one gets shorter.
 */
export function differences(before: JsonValue, after: JsonValue, path: Path = []): readonly PatchOperation[] {
  if (isJsonObject(before) && isJsonObject(after)) {
    const gone = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
    return [
      ...gone.map((key) => ({ op: 'remove', path: pointer(...path, key) }) as const),
      ...Object.entries(after).flatMap(([key, value]) => ofPart(before[key], value, [...path, key])),
    ];
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    if (after.length < before.length) throw new Error(`${pointer(...path)} gets shorter`);
    return after.flatMap((value, at) => ofPart(before[at], value, [...path, at < before.length ? at : '-']));
  }
  return before === after ? [] : [{ op: 'replace', path: pointer(...path), value: after }];
}

function ofPart(before: JsonValue | undefined, after: JsonValue, path: Path): readonly PatchOperation[] {
  return before === undefined
    ? [{ op: 'add', path: pointer(...path), value: after }]
    : differences(before, after, path);
}
