import { expect } from 'chai';
import fc from 'fast-check';
import { RecentNumbers } from '../../src/lib/recent-numbers.ts';

const puts = fc.array(fc.record({ key: fc.maxSafeNat(), near: fc.nat(40), number: fc.integer() }), { maxLength: 200 });

describe('a memo of numbers of fixed size', () => {
  it('tells of each key the number that was put in last, or none', () => {
    fc.assert(
      fc.property(puts, (all) => {
        const numbers = new RecentNumbers(4);
        const expected = new Map<number, number>();
        for (const { key: far, near, number } of all) {
          // Half of the keys are small, and come again.
          const key = number % 2 === 0 ? far : near;
          numbers.set(key, number);
          expected.set(key, number);
          expect(numbers.get(key)).to.equal(number);
          for (const [each, last] of expected) {
            const known = numbers.get(each);
            if (!Number.isNaN(known)) expect(known).to.equal(last);
          }
        }
      }),
      { numRuns: 30, seed: Number(process.env['SLUICE_SEED'] ?? 17) },
    );
  });

  it('keeps most of half as many neighbours as it has slots', () => {
    const numbers = new RecentNumbers(10);
    for (let key = 5000; key < 5512; key += 1) numbers.set(key, key);
    let kept = 0;
    for (let key = 5000; key < 5512; key += 1) kept += Number(numbers.get(key) === key);
    expect(kept).to.be.above(400);
  });

  it('knows nothing at first, not even of 0', () => {
    expect(new RecentNumbers(4).get(0)).to.satisfy(Number.isNaN);
  });
});
