import { expect } from 'chai';
import type { ActionName } from '../../../src/config/policy.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { evicted, policy, runs, world } from '../../support/evicting-world.ts';
import { hard, makeHyperNode, matching, SOFT } from '../../support/network.ts';
import { amounts } from '../../support/scheduler-world.ts';
import type { SchedulerWorld } from '../../support/scheduler-world.ts';
import { partsOf, splitGroup } from '../../support/sub-groups.ts';

function near(action: ActionName): SchedulerPolicy {
  const base = policy(action);
  const [first = [], second = []] = base.tiers;
  return { ...base, tiers: [first, [...second, plugin('network-topology-aware')]] };
}

/** Racks of two nodes of four CPUs each: 1-2, 3-4 and 5-6. */
function racks(which: SchedulerPolicy): SchedulerWorld {
  const on = world(which, 6);
  for (const [name, nodes] of [
    ['a', '[12]'],
    ['b', '[34]'],
    ['c', '[56]'],
  ] as const) {
    on.snapshot.network.upsert(makeHyperNode(name, [1, 'rack'], matching('Node', `^n${nodes}$`)));
  }
  return on;
}

/** Pods of groups of one CPU that run on the nodes, each for itself. */
function fill(on: SchedulerWorld, counts: readonly number[]): void {
  for (const [at, count] of counts.entries()) {
    for (let n = 0; n < count; n += 1) runs(on, `r${at + 1}x${n}`, { [`n${at + 1}`]: 1 });
  }
}

const NODE_OF = /^r(\d)x/;

/** Nodes from which pods go, with how many. */
function emptied(names: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const name of names) {
    const node = `n${NODE_OF.exec(name)?.[1] ?? ''}`;
    counts[node] = (counts[node] ?? 0) + 1;
  }
  return counts;
}

describe('pods that go for a group whose pods have to be near each other', () => {
  for (const action of ['preempt', 'gangpreempt'] as const) {
    it(`${action} frees one domain, the one from which the fewest have to go`, () => {
      const on = racks(near(action));
      fill(on, [4, 4, 4, 3, 4, 2]);
      on.gang('g', { count: 4, requests: amounts(2) }, { network: hard(1), priorityClassName: 'high' });
      expect(emptied(evicted(on.cycle()))).to.deep.equal({ n5: 4, n6: 2 });
    });
  }

  for (const [most, want] of [
    [1, []],
    [2, ['n3', 'n4']],
  ] as const) {
    it(`gangpreempt tries so many domains as it is told: ${most}`, () => {
      const base = near('gangpreempt');
      const actionArguments = new Map([['gangpreempt' as const, new Map([['maxDomains', most]])]]);
      const on = racks({ ...base, actionArguments });
      // Rack a lacks less, and too little of what stands there may go.
      runs(on, 'r1x', { n1: 4, n2: 1 }, { minMember: 1, priorityClassName: 'higher' });
      runs(on, 'r2x', { n2: 1 });
      fill(on, [0, 0, 4, 4]);
      runs(on, 'r5x', { n5: 4, n6: 4 }, { minMember: 1, priorityClassName: 'higher' });
      on.gang('g', { count: 4, requests: amounts(2) }, { network: hard(1), priorityClassName: 'high' });
      expect(Object.keys(emptied(evicted(on.cycle()))).toSorted()).to.deep.equal(want);
    });
  }

  it('frees the domain of the pods that run', () => {
    const on = racks(near('preempt'));
    fill(on, [2, 4, 0, 0, 0, 1]);
    on.group('g', 3, { network: hard(1), priorityClassName: 'high' });
    on.running('g-0', 'g', 'n1', { requests: amounts(2) });
    on.pods('g', { count: 2, prefix: 'more', requests: amounts(2) });
    expect(emptied(evicted(on.cycle()))).to.deep.equal({ n1: 2, n2: 2 });
  });

  it('goes for nobody where no domain could hold the group', () => {
    const on = racks(near('preempt'));
    fill(on, [4, 4, 4, 4, 4, 4]);
    on.gang('g', { count: 5, requests: amounts(2) }, { network: hard(1), priorityClassName: 'high' });
    const outcome = on.cycle();
    expect(evicted(outcome)).to.deep.equal([]);
    expect(outcome.refused['g']).to.contain('NeverFits');
  });

  it('goes for one that only wishes as for any other', () => {
    const on = racks(near('preempt'));
    fill(on, [4, 4, 4, 4, 4, 4]);
    on.gang('g', { count: 5, requests: amounts(2) }, { network: SOFT, priorityClassName: 'high' });
    expect(evicted(on.cycle())).to.have.length(10);
  });

  it('frees a domain for each part', () => {
    const on = racks(near('preempt'));
    fill(on, [4, 4, 4, 4, 4, 4]);
    splitGroup(
      on,
      'g',
      { a: 8, b: 8 },
      { subGroups: [partsOf(8, 2, { network: hard(1) })], priorityClassName: 'high' },
    );
    expect(Object.keys(emptied(evicted(on.cycle()))).toSorted()).to.deep.equal(['n1', 'n2', 'n3', 'n4']);
  });

  it('keeps the room of the domain that was freed', () => {
    const on = racks(near('preempt'));
    fill(on, [4, 4, 4, 3, 4, 2]);
    on.gang('g', { count: 4, requests: amounts(2) }, { network: hard(1), priorityClassName: 'high' });
    for (const name of evicted(on.cycle())) on.snapshot.removeTask(`uid-${name}`);
    on.gang('late', { count: 2, requests: amounts(4) }, { network: hard(1), priorityClassName: 'high' });
    expect(new Set(Object.values(on.cycle().placed))).to.deep.equal(new Set(['n5', 'n6']));
  });
});

describe('room that is kept for a group that has waited for too long', () => {
  it('is kept in one domain', () => {
    const on = racks({ ...DEFAULT_POLICY, actions: ['enqueue', 'allocate'] });
    fill(on, [4, 4, 4, 3, 4, 2]);
    on.gang('g', { count: 4, requests: amounts(2) }, { network: hard(1) });
    on.cycle();
    on.nowMs = 400_000;
    const outcome = on.cycle();
    expect(outcome.refused['g']).to.contain('RoomReserved').and.to.contain('n5').and.to.contain('n6');
  });
});
