import { expect } from 'chai';
import { ValueBudget } from '../../../src/adapters/http/value-budget.ts';
import { ManualClock } from '../../support/manual-clock.ts';

describe('budget of values', () => {
  /** How many reviews of so many values are read, one after another. */
  function readAtOnce(budget: ValueBudget, values: number): number {
    let read = 0;
    while (budget.take(values)) read += 1;
    return read;
  }

  it('lets a few very large reviews pass at once, and then so many as come to 20,000 values a second', () => {
    const clock = new ManualClock();
    const budget = new ValueBudget(clock);
    expect(readAtOnce(budget, 80_000)).to.equal(7);
    clock.advance(3_000);
    expect(readAtOnce(budget, 80_000)).to.equal(0);
    clock.advance(1_001);
    expect(readAtOnce(budget, 80_000)).to.equal(1);
  });

  it('saves no more than it had at first, however long nobody comes', () => {
    const clock = new ManualClock();
    const budget = new ValueBudget(clock);
    clock.advance(86_400_000);
    expect(readAtOnce(budget, 100_000)).to.equal(5);
  });
});
