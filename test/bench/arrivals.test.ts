import { expect } from 'chai';
import { arrivalTimes } from '../../bench/arrivals.ts';

describe('arrival times', () => {
  it('keep equal distances when they are even', () => {
    expect(arrivalTimes('even', 1000, 5, 1)).to.deep.equal([1, 2, 3, 4]);
  });

  it('are the same for the same seed and others for another', () => {
    const times = arrivalTimes('poisson', 1000, 1000, 7);
    expect(arrivalTimes('poisson', 1000, 1000, 7)).to.deep.equal(times);
    expect(arrivalTimes('poisson', 1000, 1000, 8)).to.not.deep.equal(times);
  });

  it('rise within the duration, as many as the rate says, with the gaps of a Poisson process', () => {
    const times = arrivalTimes('poisson', 2000, 20_000, 3);
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(Math.min(...gaps)).to.be.at.least(0);
    expect(times.at(-1)).to.be.lessThan(20_000);
    expect(times.length).to.be.within(39_000, 41_000);
    // For exponential gaps the share above the mean is 1/e; for even ones it would be none.
    const share = gaps.filter((gap) => gap > 0.5).length / gaps.length;
    expect(share).to.be.within(0.35, 0.39);
  });
});
