import { expect } from 'chai';
import { judged } from '../../bench/thresholds.ts';

describe('the thresholds of a benchmark', () => {
  it('are met by a rate that is high enough, and missed by one that is not', () => {
    expect(judged('core-plain', { podsPerSecond: 600_000 })).to.deep.equal([
      'podsPerSecond: 600000, at least 600000 asked: met',
    ]);
    expect(judged('core-plain', { podsPerSecond: 599_999 })).to.deep.equal([
      'podsPerSecond: 599999, at least 600000 asked: missed',
    ]);
  });

  it('look into tables, and tell what was not measured', () => {
    expect(judged('webhook', { coreBusy: { p99Ms: 5.1 } })).to.deep.equal([
      'attacked.p99Ms: not measured, at most 50 asked',
      'coreBusy.p99Ms: 5.1, at most 5 asked: missed',
      'coreWithoutRest.p99Ms: not measured, at most 5 asked',
    ]);
  });

  it('are none for a benchmark without any', () => {
    expect(judged('decode', { podsPerSecond: 1 })).to.deep.equal([]);
  });
});
