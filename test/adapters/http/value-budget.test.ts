import { expect } from 'chai';
import { ValueBudget } from '../../../src/adapters/http/value-budget.ts';
import { ManualClock } from '../../support/manual-clock.ts';

const VALUES = 80_000;

describe('budget of values', () => {
  /** How many objects of so many values come past both of their reviews, one after another. */
  function passed(budget: ValueBudget): number {
    let count = 0;
    while (budget.take(VALUES, true) && budget.take(VALUES, false)) count += 1;
    return count;
  }

  it('lets two very large objects pass at once, and then one for each 160,000 values at 10,000 a second', () => {
    const clock = new ManualClock();
    const budget = new ValueBudget(clock);
    expect(passed(budget)).to.equal(2);
    clock.advance(7_900);
    expect(passed(budget)).to.equal(0);
    clock.advance(101);
    expect(passed(budget)).to.equal(1);
  });

  it('never lets an object come past its first review alone, however often it is tried', () => {
    const clock = new ManualClock();
    const budget = new ValueBudget(clock);
    for (let tried = 0; tried < 200; tried += 1) {
      if (budget.take(VALUES, true)) expect(budget.take(VALUES, false)).to.equal(true);
      clock.advance(1_000);
    }
  });

  it('saves no more than it had at first, and that is enough for a change of the largest object', () => {
    const clock = new ManualClock();
    const budget = new ValueBudget(clock);
    clock.advance(86_400_000);
    expect([budget.take(200_000, true), budget.take(200_000, false), budget.take(1, false)]).to.deep.equal([
      true,
      true,
      false,
    ]);
  });
});
