import { expect } from 'chai';
import fc from 'fast-check';
import { isJsonObject } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { mergePatch } from '../../src/lib/merge-patch.ts';

/** RFC 7386, as an API server carries it out. */
function applied(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const result = new Map<string, JsonValue>(isJsonObject(target) ? Object.entries(target) : []);
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) result.delete(key);
    else result.set(key, applied(result.get(key), value));
  }
  return Object.fromEntries(result);
}

/** A merge patch cannot set a null, so there are none. */
const { object } = fc.letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.string(), fc.array(fc.integer(), { maxLength: 3 }), tie('object')),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value'), { maxKeys: 4 }),
}));

describe('mergePatch', () => {
  it('makes the one like the other, and says nothing of what is the same', () => {
    fc.assert(
      fc.property(object, object, (before, after) => {
        const patch = mergePatch(before, after);
        expect(applied(before, patch ?? {})).to.deep.equal({ ...after });
        expect(mergePatch(before, structuredClone(before) as JsonObject)).to.equal(undefined);
      }),
    );
  });

  it('tells only what differs', () => {
    const before = { keep: { a: 1, b: 2 }, gone: 1, list: [{ x: 1 }] };
    const after = { keep: { a: 1, b: 3 }, list: [{ x: 1 }], made: 'x' };
    expect(mergePatch(before, after)).to.deep.equal({ keep: { b: 3 }, gone: null, made: 'x' });
  });
});
