import { expect } from 'chai';
import fc from 'fast-check';
import { shareOut } from '../../../src/scheduler/shares/water-filling.ts';
import type { QueueShare } from '../../../src/scheduler/shares/water-filling.ts';

/** One resource (cpu); the others are none. */
interface Wish {
  readonly weight: number;
  readonly request: number;
  readonly limit?: number;
  readonly floor?: number;
}

function divide(total: number, wishes: readonly Wish[]): number[] {
  const shares = wishes.map(({ weight, request, limit = total, floor = 0 }): QueueShare => {
    const [asked, most, least] = [request, limit, floor].map((amount) => Float64Array.of(amount, 0, 0));
    if (asked === undefined || most === undefined || least === undefined) throw new Error('never');
    return { weight, request: asked, limit: most, floor: least, deserved: new Float64Array(3) };
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
  ['the floor even when less is asked', 12, [{ weight: 1, request: 1, floor: 4 }], [4]],
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

function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((all, amount) => all + amount, 0);
}

describe('water-filling', () => {
  for (const [what, total, wishes, want] of CASES) {
    it(`gives ${what}`, () => {
      divide(total, wishes).forEach((amount, i) => expect(amount).to.be.closeTo(want[i] ?? NaN, 0.2));
    });
  }

  it('takes a floor from what the others share, and gives away no more than there is', () => {
    const wishes = [
      { weight: 1, request: 12, floor: 8 },
      { weight: 1, request: 12 },
      { weight: 1, request: 12 },
    ];
    expect(divide(12, wishes)).to.deep.equal([8, 2, 2]);
  });

  it('divides each resource for itself, whatever else a queue still wants', () => {
    const limit = Float64Array.of(12, 12, 12);
    const share = (cpu: number, memory: number): QueueShare => ({
      weight: 1,
      limit,
      floor: new Float64Array(3),
      request: Float64Array.of(cpu, memory, 0),
      deserved: new Float64Array(3),
    });
    const shares = [share(1, 12), share(12, 12), share(12, 0)];
    shareOut(limit, shares);
    expect(shares.map(({ deserved }) => [...deserved])).to.deep.equal([
      [1, 6, 0],
      [5.5, 6, 0],
      [5.5, 0, 0],
    ]);
  });

  const wish = fc.record({
    weight: fc.integer({ min: 1, max: 10 }),
    request: fc.nat(100),
    limit: fc.nat(100),
    floor: fc.nat(20),
  });

  it('never gives less than the floor nor more than request and limit, and exactly what there is if somebody wants it', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.array(wish, { minLength: 1, maxLength: 6 }), (total, wishes) => {
        const given = divide(total, wishes);
        const bounds = wishes.map(({ request, limit, floor }) => {
          const least = Math.min(floor, limit);
          return { least, most: Math.max(least, Math.min(request, limit)) };
        });
        bounds.forEach(({ least, most }, i) => expect(given[i]).to.be.within(least, most));
        const sum = sumOf(given);
        const floor = sumOf(bounds.map(({ least }) => least));
        const wanted = sumOf(bounds.map(({ most }) => most));
        expect(sum).to.be.closeTo(Math.max(floor, Math.min(total, wanted)), 1e-6);
      }),
    );
  });

  it('gives two queues that are neither full nor lifted by a floor the same for each unit of weight', () => {
    fc.assert(
      fc.property(fc.nat(200), fc.array(wish, { minLength: 2, maxLength: 6 }), (total, wishes) => {
        const given = divide(total, wishes);
        const levels = wishes.flatMap(({ weight, request, limit, floor }, i) => {
          const amount = given[i] ?? NaN;
          const isFree = amount > Math.min(floor, limit) + 1e-6 && amount < Math.min(request, limit) - 1e-6;
          return isFree ? [amount / weight] : [];
        });
        expect(Math.max(...levels, 0) - Math.min(...levels, Infinity)).to.be.at.most(1e-6);
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
