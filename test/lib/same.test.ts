import { expect } from 'chai';
import fc from 'fast-check';
import { saysTheSame } from '../../src/lib/same.ts';

describe('saysTheSame', () => {
  const a = { text: 'x', list: [1, { deep: true }], map: new Map([['cpu', 1]]), none: undefined };
  const cases: readonly (readonly [string, object, boolean])[] = [
    ['an equal record', { ...a, list: [1, { deep: true }], map: new Map([['cpu', 1]]) }, true],
    ['another text', { ...a, text: 'y' }, false],
    ['another list', { ...a, list: [1] }, false],
    ['something else deep inside', { ...a, list: [1, { deep: false }] }, false],
    ['another value in a map', { ...a, map: new Map([['cpu', 2]]) }, false],
    ['another key in a map', { ...a, map: new Map([['gpu', 1]]) }, false],
    ['a map where a list was', { ...a, list: new Map() }, false],
    ['a list where a map was', { ...a, map: [] }, false],
    ['one member more', { ...a, more: 1 }, false],
    ['null where nothing was', { ...a, none: null }, false],
  ];
  for (const [name, b, isSame] of cases) {
    it(`answers ${isSame} for ${name}`, () => {
      expect([saysTheSame<object>(a, b), saysTheSame<object>(b, a)]).to.deep.equal([isSame, isSame]);
    });
  }

  it('leaves out what it is told to, at the top only', () => {
    expect(saysTheSame({ version: 1, x: 2 }, { version: 2, x: 2 }, ['version'])).to.equal(true);
    expect(saysTheSame({ version: 1, x: { version: 1 } }, { version: 1, x: { version: 2 } }, ['version'])).to.equal(
      false,
    );
  });

  it('agrees with the comparison of the texts, for whatever JSON', () => {
    const sorted = (value: unknown): string =>
      JSON.stringify(value, (_, part: unknown) =>
        typeof part === 'object' && part !== null && !Array.isArray(part)
          ? Object.fromEntries(Object.entries(part).toSorted(([x], [y]) => (x < y ? -1 : 1)))
          : part,
      );
    const small = fc.object({ maxDepth: 2, maxKeys: 3, key: fc.constantFrom('a', 'b', 'c'), values: [fc.nat(2)] });
    fc.assert(
      fc.property(small, small, (x, y) => {
        expect(saysTheSame<object>(x, y)).to.equal(sorted(x) === sorted(y));
      }),
    );
  });
});
