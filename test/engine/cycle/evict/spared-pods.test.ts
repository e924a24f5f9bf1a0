import { expect } from 'chai';
import { SparedPods } from '../../../../src/engine/cycle/evict/spared-pods.ts';
import { ManualClock } from '../../../support/manual-clock.ts';

describe('a pod whose eviction is refused', () => {
  it('is spared for ten seconds, twice as long each time up to five minutes', () => {
    const clock = new ManualClock(0);
    const tries: number[] = [];
    const spared = new SparedPods({ clock, isThere: () => true, onOver: () => attempt() });
    const attempt = (): void => {
      expect(spared.uids.size).to.equal(0);
      tries.push(clock.nowMs() / 1000);
      spared.refused('a');
      expect([...spared.uids]).to.deep.equal(['a']);
    };
    attempt();
    clock.advance(1_000_000);
    expect(tries).to.deep.equal([0, 10, 30, 70, 150, 310, 610, 910]);
  });

  it('is forgotten with the pod, and when the process stops to lead', () => {
    const clock = new ManualClock(0);
    let ends = 0;
    const spared = new SparedPods({ clock, isThere: () => true, onOver: () => (ends += 1) });
    for (const end of [(): void => spared.forget('a'), (): void => spared.stop()]) {
      spared.refused('a');
      end();
      expect([spared.uids.size, clock.pending]).to.deep.equal([0, 0]);
    }
    spared.refused('a');
    clock.advance(10_000);
    expect([ends, clock.nowMs()]).to.deep.equal([1, 10_000]);
  });

  it('is not kept in mind when it was gone before the refusal came', () => {
    const clock = new ManualClock(0);
    const spared = new SparedPods({ clock, isThere: () => false, onOver: () => undefined });
    spared.refused('a');
    expect([spared.uids.size, clock.pending]).to.deep.equal([0, 0]);
  });
});
