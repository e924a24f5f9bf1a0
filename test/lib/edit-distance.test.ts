import { expect } from 'chai';
import fc from 'fast-check';
import { editDistance } from '../../src/lib/edit-distance.ts';

describe('the edit distance', () => {
  const rows: readonly (readonly [string, string, number])[] = [
    ['', '', 0],
    ['volcano', 'volcano', 0],
    ['volcano', 'volcanoo', 1],
    ['volcano', 'vulcano', 1],
    ['volcano', 'olcano', 1],
    ['volcano', 'volcnao', 2],
    ['kitten', 'sitting', 3],
    ['', 'abc', 3],
  ];
  for (const [a, b, distance] of rows) {
    it(`of "${a}" and "${b}" is ${distance}`, () => {
      expect(editDistance(a, b)).to.equal(distance);
    });
  }

  it('is the same both ways, none only between equals, and no longer over a third text', () => {
    const text = fc.string({ maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') });
    const isMetric = (a: string, b: string, c: string): void => {
      expect(editDistance(a, b)).to.equal(editDistance(b, a));
      expect(editDistance(a, b) === 0).to.equal(a === b);
      expect(editDistance(a, c)).to.be.at.most(editDistance(a, b) + editDistance(b, c));
    };
    fc.assert(fc.property(text, text, text, isMetric));
  });
});
