import { expect } from 'chai';
import fc from 'fast-check';
import { caughtInCircles } from '../../src/lib/circles.ts';

function caught(needs: Readonly<Record<string, readonly string[]>>): readonly string[] {
  return [...caughtInCircles(new Map(Object.entries(needs)))].toSorted();
}

describe('caughtInCircles', () => {
  const cases: readonly (readonly [name: string, needs: Record<string, string[]>, want: readonly string[]])[] = [
    ['finds nothing in a diamond', { a: [], b: ['a'], c: ['a'], d: ['b', 'c'] }, []],
    ['finds who needs itself', { a: ['a'], b: [] }, ['a']],
    ['finds a circle and who waits for it', { a: ['b'], b: ['a'], c: ['a'], d: [] }, ['a', 'b', 'c']],
    ['takes a need that has no entry for met', { a: ['z'] }, []],
    ['counts a need that is said twice once', { a: [], b: ['a', 'a'] }, []],
  ];
  for (const [name, needs, want] of cases) it(name, () => expect(caught(needs)).to.deep.equal(want));

  it('finds just those from whom a way leads to a circle', () => {
    const graph = fc.array(fc.array(fc.nat(7), { maxLength: 4 }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(graph, (rows) => {
        const needs = Object.fromEntries(rows.map((to, from) => [String(from), to.map(String)]));
        const reach = (from: string): ReadonlySet<string> => {
          const seen = new Set<string>();
          const open = [...(needs[from] ?? [])];
          for (let next = open.pop(); next !== undefined; next = open.pop()) {
            if (seen.has(next)) continue;
            seen.add(next);
            open.push(...(needs[next] ?? []));
          }
          return seen;
        };
        const names = Object.keys(needs);
        const inCircle = new Set(names.filter((name) => reach(name).has(name)));
        const want = names.filter((name) => inCircle.has(name) || [...reach(name)].some((one) => inCircle.has(one)));
        expect(caught(needs)).to.deep.equal(want.toSorted());
      }),
    );
  });
});
