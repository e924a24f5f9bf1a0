import { ACCELERATOR_LABEL, ACCELERATORS_ANNOTATION, DATASET_LABEL, DATASETS_ANNOTATION } from '../../src/api/keys.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ObjectPatch } from '../object-patch.ts';

/**
 * What an object wishes for its pods goes into the template of other objects in it, unless that says something itself; what
 * went there before follows the object.
 */
export function handDownWishes(
  patch: ObjectPatch,
  object: JsonObject,
  old: JsonObject | undefined,
  template: readonly string[],
): void {
  for (const keys of WISHES) {
    const there = keys.map(([map, key]) => stringAt(object, [...template, 'metadata', map, key])).join('');
    for (const [map, key] of keys) {
      const own = stringAt(object, ['metadata', map, key]);
      const wasHandedDown = there !== '' && there === stringAt(old, ['metadata', map, key]);
      if (own !== '' && (there === '' || wasHandedDown)) patch.set([...template, 'metadata', map, key], own);
    }
  }
}

/** What may be said in two ways each. */
const WISHES = [
  [
    ['annotations', ACCELERATORS_ANNOTATION],
    ['labels', ACCELERATOR_LABEL],
  ],
  [
    ['annotations', DATASETS_ANNOTATION],
    ['labels', DATASET_LABEL],
  ],
] as const;
