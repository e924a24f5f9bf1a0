import { expect } from 'chai';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { rawGroup, rawNode, rawPod, rawQueue } from '../../support/fake-objects.ts';
import { LoopWorld } from '../../support/loop-world.ts';

const MINDING: SchedulerPolicy = { ...DEFAULT_POLICY, tiers: [[plugin('resourcequota')], ...DEFAULT_POLICY.tiers] };
/** Well below the time after which a loop looks again by itself. */
const SOON_MS = 3000;

/** A group with one of the two pods for which it wants room, in a namespace that allows so many. */
function world(pods: number, policy: SchedulerPolicy): LoopWorld {
  const made = new LoopWorld(undefined, policy);
  made.api.put('queues', rawQueue('default'));
  made.api.put('nodes', rawNode('n1', 2));
  made.api.put('resourcequotas', quota(pods));
  const group = rawGroup('g', 2);
  made.api.put('podgroups', {
    ...group,
    spec: { ...(group['spec'] as JsonObject), minResources: { cpu: '1', pods: '2' } },
  });
  made.api.put('pods', rawPod('p', 'g'));
  return made;
}

function quota(pods: number): JsonObject {
  return {
    metadata: { name: 'q', namespace: 'ns', uid: 'quota' },
    spec: { hard: { pods: String(pods) } },
    status: { used: { pods: '3' } },
  };
}

describe('a scheduler loop and quotas', () => {
  it('lets a group in as soon as the watch shows that its quota was raised', async () => {
    const made = world(3, MINDING);
    made.start();
    await made.run(SOON_MS);
    const phase = (): string => stringAt(made.api.get('podgroups', 'ns/g'), ['status', 'phase']);
    expect(phase()).to.equal('Pending');
    made.api.put('resourcequotas', quota(4));
    await made.run(SOON_MS);
    expect(phase()).to.equal('Inqueue');
  });

  it('runs no cycle for a quota that no plugin minds', async () => {
    const made = world(3, DEFAULT_POLICY);
    made.start();
    await made.run(SOON_MS);
    const cycles = (): number => made.metrics.value('volcano_e2e_scheduling_latency_milliseconds', {});
    const before = cycles();
    made.api.put('resourcequotas', quota(4));
    await made.run(SOON_MS);
    expect(cycles()).to.equal(before);
  });
});
