import { expect } from 'chai';
import fc from 'fast-check';
import { ageOf, humanDuration } from '../../src/lib/human-duration.ts';
import { durationMs } from '../../src/lib/duration.ts';

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;

describe('an age as kubectl tells it', () => {
  const cases: readonly (readonly [number, string])[] = [
    [-3 * S, '<invalid>'],
    [-S, '0s'],
    [0, '0s'],
    [119 * S, '119s'],
    [2 * M, '2m'],
    [3 * M + 20 * S, '3m20s'],
    [10 * M + 59 * S, '10m'],
    [179 * M, '179m'],
    [3 * H + 5 * M, '3h5m'],
    [8 * H + 5 * M, '8h'],
    [47 * H, '47h'],
    [2 * D, '2d'],
    [2 * D + 4 * H, '2d4h'],
    [8 * D + 4 * H, '8d'],
    [729 * D, '729d'],
    [730 * D, '2y'],
    [800 * D, '2y70d'],
    [3000 * D, '8y'],
  ];
  for (const [ms, wanted] of cases) {
    it(`is ${wanted} for ${ms / S} seconds`, () => {
      expect(humanDuration(ms)).to.equal(wanted);
    });
  }

  it('is never longer than the age itself, and short of it by less than a tenth past two minutes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2 * M, max: 2 * D - 1 }), (ms) => {
        const told = durationMs(humanDuration(ms)) ?? Infinity;
        return told <= ms && ms - told < ms / 8 + S;
      }),
    );
  });

  it('is unknown where no time is given', () => {
    expect(ageOf('', 0)).to.equal('<unknown>');
    expect(ageOf('2026-01-01T00:00:00Z', Date.parse('2026-01-01T00:01:00Z'))).to.equal('60s');
  });
});
