import { expect } from 'chai';
import fc from 'fast-check';
import { RecentAnswers } from '../../src/lib/recent-answers.ts';

const puts = fc.array(fc.record({ key: fc.maxSafeNat(), near: fc.nat(40), number: fc.integer() }), { maxLength: 200 });

describe('a memo of answers of fixed size', () => {
  it('tells of each key the answer that was put in last, or none', () => {
    fc.assert(
      fc.property(puts, (all) => {
        const answers = new RecentAnswers(4);
        const expected = new Map<number, boolean>();
        for (const { key: far, near, number } of all) {
          const key = number % 2 === 0 ? Math.floor(far / 2) : near;
          answers.set(key, number > 0);
          expected.set(key, number > 0);
          expect(answers.get(key)).to.equal(number > 0);
          for (const [each, last] of expected) expect(answers.get(each)).to.be.oneOf([last, undefined]);
        }
      }),
      { numRuns: 30, seed: Number(process.env['SLUICE_SEED'] ?? 17) },
    );
  });

  it('knows nothing at first, not even of 0', () => {
    expect(new RecentAnswers(4).get(0)).to.equal(undefined);
  });
});
