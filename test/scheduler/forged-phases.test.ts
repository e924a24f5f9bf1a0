import { expect } from 'chai';
import type { PodGroupPhase } from '../../src/api/records/pod-group-record.ts';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import { capacityPolicy } from '../support/capacity-world.ts';
import { amounts, SchedulerWorld } from '../support/scheduler-world.ts';

const POLICIES: Readonly<Record<string, SchedulerPolicy>> = {
  proportion: DEFAULT_POLICY,
  capacity: capacityPolicy({ actions: ['reclaim', 'preempt'] }),
};
const PHASES: readonly PodGroupPhase[] = ['Inqueue', 'Running', 'Unknown', 'Completed'];

/** A queue that is full, and a group in it whose phase its user wrote before the core saw it. */
function world(policy: SchedulerPolicy, phase: PodGroupPhase): SchedulerWorld {
  const made = new SchedulerWorld(policy).nodes(4, amounts(8)).queue('small', { capability: new Map([['cpu', 2000]]) });
  made.group('honest', 2, { queue: 'small', phase: 'Running' });
  for (const name of ['h0', 'h1']) made.running(name, 'honest', 'n1', { requests: amounts(1), queue: 'small' });
  const members = { count: 2, requests: amounts(1), queue: 'small' };
  return made.gang('forged', members, { queue: 'small', phase, minResources: new Map([['cpu', 2000]]) });
}

describe('a phase that a user forges on the status of a PodGroup in a full queue', () => {
  for (const [name, policy] of Object.entries(POLICIES)) {
    for (const phase of PHASES) {
      it(`gets nothing placed and nobody evicted: ${phase}, with ${name}`, () => {
        const full = world(policy, phase);
        for (let cycle = 0; cycle < 5; cycle += 1) {
          full.nowMs += 60_000;
          const { placed, pipelined, decisions } = full.cycle();
          expect([placed, pipelined]).to.deep.equal([{}, {}]);
          expect(decisions.filter(({ kind }) => kind === 'evict')).to.deep.equal([]);
        }
      });
    }
  }

  it('is taken by who starts to lead, and still gets nothing', () => {
    const full = world(DEFAULT_POLICY, '');
    full.cycle();
    full.gang('forged', { count: 2, requests: amounts(1), queue: 'small' }, { queue: 'small', phase: 'Inqueue' });
    expect(full.phase('forged')).to.equal('Pending');
    full.snapshot.readPhases();
    expect(full.phase('forged')).to.equal('Inqueue');
    expect(full.cycle().placed).to.deep.equal({});
  });

  it('starts once there is room, as a whole', () => {
    const full = world(DEFAULT_POLICY, 'Inqueue');
    full.cycle();
    for (const name of ['h0', 'h1']) full.snapshot.removeTask(`uid-${name}`);
    expect(Object.keys(full.cycle().placed)).to.deep.equal(['forged-0', 'forged-1']);
  });
});
