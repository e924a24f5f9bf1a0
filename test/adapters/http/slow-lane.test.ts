import { expect } from 'chai';
import { SlowLane } from '../../../src/adapters/http/slow-lane.ts';
import { ManualClock } from '../../support/manual-clock.ts';

describe('slow lane', () => {
  it('does one task after another, and rests after each for as long as it took', () => {
    const clock = new ManualClock();
    const lane = new SlowLane(clock, 3);
    const startMs = clock.monotonicMs();
    const seen: (readonly [string, number])[] = [];
    for (const [name, tookMs] of [
      ['a', 40],
      ['b', 10],
      ['c', 0],
    ] as const) {
      lane.enter(() => {
        seen.push([name, clock.monotonicMs() - startMs]);
        clock.advance(tookMs);
      });
    }
    expect(seen).to.deep.equal([]);
    for (let ms = 0; ms < 200; ms += 1) clock.advance(1);
    expect(seen.map(([name]) => name)).to.deep.equal(['a', 'b', 'c']);
    const [a = 0, b = 0, c = 0] = seen.map(([, ms]) => ms);
    expect(b - a).to.be.within(80, 82);
    expect(c - b).to.be.within(20, 22);
  });

  it('takes no more than may wait, and takes again once they are done', () => {
    const clock = new ManualClock();
    const lane = new SlowLane(clock, 2);
    const seen: string[] = [];
    const entered = ['a', 'b', 'c'].map((name) => lane.enter(() => void seen.push(name)));
    expect(entered).to.deep.equal([true, true, false]);
    for (let ms = 0; ms < 10; ms += 1) clock.advance(1);
    expect(lane.enter(() => void seen.push('d'))).to.equal(true);
    for (let ms = 0; ms < 10; ms += 1) clock.advance(1);
    expect(seen).to.deep.equal(['a', 'b', 'd']);
  });
});
