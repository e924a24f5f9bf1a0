import { expect } from 'chai';
import fc from 'fast-check';
import type { JsonValue } from '../../../src/lib/json.ts';
import { applyPatch } from '../../../src/lib/json-patch-apply.ts';
import { differences } from '../../../tools/deploy/differences.ts';

const { tree } = fc.letrec<{ tree: Record<string, JsonValue>; leaf: JsonValue }>((tie) => ({
  tree: fc.dictionary(fc.constantFrom('a', 'b', 'c/d', '~'), tie('leaf'), { maxKeys: 3 }),
  leaf: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.constantFrom('x', 'y'), tie('tree')),
}));

describe('differences of two objects', () => {
  it('lead from one to the other', () => {
    fc.assert(
      fc.property(tree, tree, (before, after) => {
        expect(applyPatch(before, differences(before, after))).to.deep.equal(after);
      }),
    );
  });

  const cases: readonly (readonly [name: string, before: JsonValue, after: JsonValue, paths: readonly string[]])[] = [
    ['nothing for what is the same', { a: [{ b: 1 }] }, { a: [{ b: 1 }] }, []],
    ['one leaf, deep inside of lists', { a: [1, { b: 1, c: 2 }] }, { a: [1, { b: 3, c: 2 }] }, ['/a/1/b']],
    ['what a list has more, at its end', { a: [1] }, { a: [1, 2, 3] }, ['/a/-', '/a/-']],
    ['a field that is gone', { a: 1, b: 2 }, { b: 2 }, ['/a']],
  ];
  for (const [name, before, after, paths] of cases)
    it(`name ${name}`, () => {
      const found = differences(before, after);
      expect(found.map(({ path }) => path)).to.deep.equal(paths);
      expect(applyPatch(before, found)).to.deep.equal(after);
    });

  it('are refused where a list gets shorter: nobody could tell which entry is meant', () => {
    expect(() => differences({ a: [1, 2] }, { a: [1] })).to.throw('/a gets shorter');
  });
});
