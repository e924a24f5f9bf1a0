import { expect } from 'chai';
import fc from 'fast-check';
import { Recency } from '../../../src/scheduler/placement/recency.ts';

function newestFirst(recency: Recency): number[] {
  const seen: number[] = [];
  for (let node = recency.newest; node >= 0; node = recency.olderThan(node)) seen.push(node);
  return seen;
}

describe('recency', () => {
  it('names each node that changed once, the newest first', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(7), { maxLength: 40 }), (touched) => {
        const recency = new Recency();
        recency.reset(8);
        for (const node of touched) recency.touch(node);
        const want = [...new Set(touched.toReversed())];
        expect(newestFirst(recency)).to.deep.equal(want);
        const times = want.map((node) => recency.changedAt(node));
        expect(times).to.deep.equal(times.toSorted((a, b) => b - a));
      }),
    );
  });

  it('forgets nodes but not the time when it starts anew', () => {
    const recency = new Recency();
    recency.reset(2);
    recency.touch(1);
    const { now } = recency;
    recency.reset(2);
    expect(newestFirst(recency)).to.deep.equal([]);
    expect(recency.now).to.be.greaterThan(now);
  });
});
