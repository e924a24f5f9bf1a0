import { expect } from 'chai';
import fc from 'fast-check';
import { shareOut } from '../../../src/scheduler/plugins/water-filling.ts';
import type { QueueShare } from '../../../src/scheduler/plugins/water-filling.ts';

/** One resource (cpu); the others are none. */
interface Wish {
  readonly weight: number;
  readonly request: number;
  readonly limit?: number;
  readonly guarantee?: number;
}

function divide(total: number, wishes: readonly Wish[]): number[] {
  const shares = wishes.map(({ weight, request, limit = total, guarantee = 0 }): QueueShare => {
    const [asked, most, least] = [request, limit, guarantee].map((amount) => Float64Array.of(amount, 0, 0));
    if (asked === undefined || most === undefined || least === undefined) throw new Error('never');
    return { weight, request: asked, limit: most, guarantee: least, deserved: new Float64Array(3) };
  });
  shareOut(Float64Array.of(total, 0, 0), shares);
  return shares.map((share) => share.deserved[0] ?? NaN);
}

const CASES: readonly (readonly [string, number, readonly Wish[], readonly number[]])[] = [
  [
    'by weight when all want more than there is',
    12,
    [
      { weight: 1, request: 12 },
      { weight: 3, request: 12 },
    ],
    [3, 9],
  ],
  [
    'no more than what is asked, and the rest to the others',
    12,
    [
      { weight: 1, request: 2 },
      { weight: 1, request: 12 },
    ],
    [2, 10],
  ],
  [
    'no more than the limit, and the rest to the others',
    12,
    [
      { weight: 5, request: 12, limit: 3 },
      { weight: 1, request: 12 },
    ],
    [3, 9],
  ],
  ['no more than what is asked in all', 12, [{ weight: 1, request: 5 }], [5]],
  ['the guarantee even when less is asked', 12, [{ weight: 1, request: 1, guarantee: 4 }], [4]],
  [
    'in several rounds',
    30,
    [
      { weight: 1, request: 2 },
      { weight: 1, request: 9 },
      { weight: 1, request: 50 },
    ],
    [2, 9, 19],
  ],
  ['nothing of nothing', 0, [{ weight: 1, request: 5 }], [0]],
  ['nothing to nobody', 10, [], []],
];

describe('water-filling', () => {
  for (const [what, total, wishes, want] of CASES) {
    it(`gives ${what}`, () => {
      divide(total, wishes).forEach((amount, i) => expect(amount).to.be.closeTo(want[i] ?? NaN, 0.2));
    });
  }

  const wish = fc.record({
    weight: fc.integer({ min: 1, max: 10 }),
    request: fc.nat(100),
    limit: fc.nat(100),
  });

  it('never gives more than request, limit or total, and leaves nothing over that somebody may have', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.array(wish, { minLength: 1, maxLength: 6 }), (total, wishes) => {
        const given = divide(total, wishes);
        wishes.forEach(({ request, limit }, i) => {
          expect(given[i]).to.be.within(0, Math.min(request, limit) + 0.01);
        });
        const sum = given.reduce((all, amount) => all + amount, 0);
        expect(sum).to.be.at.most(total + 0.01);
        const wanted = wishes.reduce((all, { request, limit }) => all + Math.min(request, limit), 0);
        expect(sum).to.be.at.least(Math.min(total, wanted) - 1);
      }),
    );
  });

  it('never gives the heavier of two greedy queues less', () => {
    const weight = fc.integer({ min: 1, max: 20 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), weight, weight, (total, a, b) => {
        const [first = 0, second = 0] = divide(total, [
          { weight: a, request: 200 },
          { weight: b, request: 200 },
        ]);
        expect(Math.sign(Math.round(first - second))).to.be.oneOf([0, Math.sign(a - b)]);
        expect(first + second).to.be.closeTo(total, 0.3);
      }),
    );
  });
});
