import { expect } from 'chai';
import { CoreLoad } from '../../bench/core-load.ts';

describe('load of the core', () => {
  it('places all that came at first, and as much in each step as ended before', () => {
    const load = new CoreLoad({ nodes: 20, pods: 600, churn: 50 });
    expect(load.placed).to.be.within(600, 610);
    for (let step = 0; step < 30; step += 1) {
      const before = load.placed;
      load.step();
      expect(load.placed - before, `step ${step}`).to.be.within(50, 60);
    }
  });
});
