import { expect } from 'chai';
import { rawGroup, rawNode, rawPod, rawQueue } from '../../../support/fake-objects.ts';
import { LoopWorld } from '../../../support/loop-world.ts';

/** What waiting costs does not grow with the number that waits: so many show it as well as 20,000. */
const WAITING = 1000;
const SECONDS = 60;

describe('telling why pods wait', () => {
  it('costs at most two status writes a binding while numbers move with each, however many wait', async () => {
    const world = new LoopWorld();
    world.api.put('queues', rawQueue('default'));
    world.api.put('nodes', rawNode('n0', 1));
    for (let i = 0; i < WAITING; i += 1) {
      world.api.put('podgroups', rawGroup(`g${i}`, 1));
      world.api.put('pods', rawPod(`p${i}`, `g${i}`));
    }
    world.start();
    await world.run(30_000);
    const before = world.api.requests.length;
    for (let second = 1; second <= SECONDS; second += 1) {
      world.api.put('nodes', rawNode(`n${second}`, 1));
      await world.run(1000);
    }
    const after = world.api.requests.slice(before);
    const bindings = after.filter(({ subresource }) => subresource === 'binding').length;
    expect(bindings).to.equal(SECONDS);
    expect(after.filter(({ lane }) => lane === 'status').length).to.be.lessThanOrEqual(2 * bindings);
    const isNews = ({ atMs }: { atMs: number }): boolean => atMs > world.clock.nowMs() - SECONDS * 1000;
    expect(world.events.filter(isNews)).to.deep.equal([]);
  });
});
