import { ACCELERATOR_LABEL, ACCELERATORS_ANNOTATION } from '../../src/api/keys.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ObjectPatch } from '../object-patch.ts';

/**
 * What an object says goes into the template of other objects in it, unless that says something itself; what went there
 * before follows the object.
 */
export function handDownWish(
  patch: ObjectPatch,
  object: JsonObject,
  old: JsonObject | undefined,
  template: readonly string[],
): void {
  for (const [map, key] of KEYS) {
    const own = stringAt(object, ['metadata', map, key]);
    const there = KEYS.map(([otherMap, other]) => stringAt(object, [...template, 'metadata', otherMap, other])).join(
      '',
    );
    const wasHandedDown = there !== '' && there === stringAt(old, ['metadata', map, key]);
    if (own !== '' && (there === '' || wasHandedDown)) patch.set([...template, 'metadata', map, key], own);
  }
}

const KEYS = [
  ['annotations', ACCELERATORS_ANNOTATION],
  ['labels', ACCELERATOR_LABEL],
] as const;
