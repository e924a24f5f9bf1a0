import { expect } from 'chai';
import fc from 'fast-check';
import { formatIndexRanges, readIndexRanges } from '../../src/lib/index-ranges.ts';

describe('ranges of indexes', () => {
  it('say what they were made from', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40)), (indexes) => {
        expect(readIndexRanges(formatIndexRanges(indexes), 41)).to.deep.equal(
          new Set(indexes.toSorted((a, b) => a - b)),
        );
      }),
    );
  });

  const rows: Record<string, readonly [list: string, want: readonly number[]]> = {
    'name each index': ['0-2,5', [0, 1, 2, 5]],
    'are empty where nothing is written': ['', []],
    'end where there is nothing more': ['7-999999999', [7, 8, 9]],
    'pass over what cannot be read': ['a,1,2-x,-3,4-', [1]],
    'name nothing from back to front': ['5-2', []],
  };
  for (const [name, [list, want]] of Object.entries(rows)) {
    it(name, () => expect([...readIndexRanges(list, 10)]).to.deep.equal(want));
  }

  it('are short for neighbours', () => expect(formatIndexRanges([3, 0, 1, 2, 7])).to.equal('0-3,7'));
});
