import { expect } from 'chai';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { objectAt } from '../../../src/lib/json.ts';
import { rawGroup, rawNode, rawPod, rawQueue } from '../../support/fake-objects.ts';
import { LoopWorld } from '../../support/loop-world.ts';

/** The clock of the world starts at 00:16:40. */
const POLICY: SchedulerPolicy = {
  ...DEFAULT_POLICY,
  actions: ['enqueue', 'allocate', 'backfill', 'shuffle'],
  tiers: [...DEFAULT_POLICY.tiers, [plugin('tdm', { 'tdm.revocable-zone.early': '00:00-00:20' })]],
};

describe('scheduler loop with hours', () => {
  it('wakes when a zone closes although nobody waits, and evicts who has to leave', async () => {
    const world = new LoopWorld();
    world.api.put('queues', rawQueue('default'));
    const node = rawNode('n1', 4);
    const labels = { 'volcano.sh/revocable-zone': 'early' };
    world.api.put('nodes', { ...node, metadata: { ...objectAt(node, 'metadata'), labels } });
    world.api.put('podgroups', rawGroup('g', 1));
    const pod = rawPod('g-0', 'g');
    const annotations = { ...objectAt(pod, 'metadata', 'annotations'), 'volcano.sh/preemptable': 'true' };
    world.api.put('pods', { ...pod, metadata: { ...objectAt(pod, 'metadata'), annotations } });
    world.start();
    world.loop.setPolicy(POLICY);
    await world.run(190_000);
    expect(world.api.get('pods', 'ns/g-0')).to.have.nested.property('spec.nodeName', 'n1');
    await world.run(11_000);
    expect(world.api.get('pods', 'ns/g-0')).to.have.nested.property('metadata.deletionTimestamp');
    expect(world.events.map(({ reason }) => reason)).to.include('Shuffled');
  });
});
