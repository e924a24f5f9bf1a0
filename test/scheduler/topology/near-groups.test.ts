import { expect } from 'chai';
import type { NetworkRule } from '../../../src/api/records/network-rule.ts';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import { podWith } from '../../../src/api/records/stored-pod.ts';
import { exactly, hard, makeHyperNode, matching, SOFT } from '../../support/network.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';
import type { Outcome } from '../../support/scheduler-world.ts';

/** Twelve nodes of two CPUs: racks of tier 1 with nodes 0-1, 2-4, 5-6 and 7-9, spines of the first two and the others; 10 and 11 outside. */
function world(policy = DEFAULT_POLICY): SchedulerWorld {
  const on = new SchedulerWorld(policy);
  for (let n = 0; n < 12; n += 1) on.node(`n${String(n).padStart(2, '0')}`, amounts(2));
  const racks = { a: '0[01]', b: '0[2-4]', c: '0[56]', d: '0[7-9]' };
  for (const [name, nodes] of Object.entries(racks)) {
    on.snapshot.network.upsert(makeHyperNode(name, [1, 'rack'], matching('Node', `^n${nodes}$`)));
  }
  on.snapshot.network.upsert(makeHyperNode('s', [2, 'spine'], exactly('HyperNode', 'a'), exactly('HyperNode', 'b')));
  on.snapshot.network.upsert(makeHyperNode('t', [2, 'spine'], exactly('HyperNode', 'c'), exactly('HyperNode', 'd')));
  return on;
}

/** Numbers of the nodes on which pods were placed, each once. */
function nodesOf({ placed }: Outcome): readonly number[] {
  return [...new Set(Object.values(placed).map((node) => Number(node.slice(1))))].sort((a, b) => a - b);
}

/** What was bound runs from now on. */
function settle(on: SchedulerWorld, { placed }: Outcome): void {
  for (const [pod, node] of Object.entries(placed)) {
    const task = on.snapshot.tasks.get(`uid-${pod}`);
    if (task !== undefined) on.snapshot.upsertTask(podWith(task.record, { nodeName: node, phase: 'Running' }));
  }
}

function gang(on: SchedulerWorld, name: string, count: number, network: NetworkRule, minMember = count): void {
  on.gang(name, { count, requests: amounts(2) }, { network, minMember });
}

describe('groups whose pods have to be near each other', () => {
  const PLACES: readonly (readonly [string, number, NetworkRule, readonly number[]])[] = [
    ['take the tightest domain of the lowest tier that fits', 2, hard(1), [0, 1]],
    ['take a larger one for more pods', 3, hard(2), [2, 3, 4]],
    ['are spread as far as the tier allows', 5, hard('spine'), [0, 1, 2, 3, 4]],
    ['go anywhere in the end when they only wish', 7, SOFT, [0, 1, 2, 3, 4, 5, 6]],
    ['are near where they can be when they only wish', 3, SOFT, [2, 3, 4]],
    ['are spread over the whole cluster above the highest tier', 12, hard(3), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]],
    ['only wish without a tier', 7, { isHard: true, highestTier: undefined, tierName: '' }, [0, 1, 2, 3, 4, 5, 6]],
  ];
  for (const [name, count, rule, want] of PLACES) {
    it(name, () => {
      const on = world();
      gang(on, 'g', count, rule);
      expect(nodesOf(on.cycle())).to.deep.equal(want);
    });
  }

  const REFUSALS: readonly (readonly [string, number, NetworkRule, string])[] = [
    [
      'can never start where no domain would hold them empty',
      4,
      hard('rack'),
      'NeverFits: its pods have to be within tier rack of the network, and 4 must find room together: none of the 4 of tier 1 (rack) has more than room for 3 of them, and 3 if nothing ran there. That stays so until the pods, the tier or the nodes change. PodGroup ns/g must place 4 more pods together.',
    ],
    [
      'wait for a tier that does not exist',
      2,
      hard('pod'),
      'NoSuchTier: its pods have to be within tier pod of the network, and there are tier 1 (rack), tier 2 (spine). PodGroup ns/g must place 2 more pods together.',
    ],
    [
      'wait for a tier that is below all',
      2,
      hard(0),
      'NoSuchTier: its pods have to be within tier 0 of the network, and there are tier 1 (rack), tier 2 (spine). PodGroup ns/g must place 2 more pods together.',
    ],
  ];
  for (const [name, count, rule, want] of REFUSALS) {
    it(name, () => {
      const on = world();
      gang(on, 'g', count, rule);
      const outcome = on.cycle();
      expect(outcome.placed).to.deep.equal({});
      expect(outcome.refused['g']).to.equal(want);
    });
  }

  it('wait until a domain is free, and are told of each tier what it could take', () => {
    const on = world();
    gang(on, 'first', 4, hard(2));
    settle(on, on.cycle());
    gang(on, 'second', 5, hard(2));
    settle(on, on.cycle());
    gang(on, 'g', 3, hard(2));
    expect(on.cycle().refused['g']).to.equal(
      'NoDomainFits: its pods have to be within tier 2 (spine) of the network, and 3 must find room together: none of the 4 of tier 1 (rack) has more than room for 1 of them, and 3 if nothing ran there; none of the 2 of tier 2 (spine) has more than room for 1 of them, and 3 if nothing ran there. PodGroup ns/g must place 3 more pods together.',
    );
    for (const pod of ['first-0', 'first-1', 'first-2', 'first-3']) on.snapshot.removeTask(`uid-${pod}`);
    expect(nodesOf(on.cycle())).to.deep.equal([2, 3, 4]);
  });

  it('keep new members beside those that run', () => {
    const on = world();
    gang(on, 'g', 2, hard(2), 2);
    settle(on, on.cycle());
    on.pods('g', { count: 4, prefix: 'more', requests: amounts(2) });
    const outcome = on.cycle();
    expect(nodesOf(outcome)).to.deep.equal([2, 3, 4]);
    settle(on, outcome);
    expect(on.cycle().refused['g']).to.contain('NoDomainFits').and.to.contain('beside those that run in s');
  });

  it('wait when the configuration has nobody who minds the network', () => {
    const tiers = DEFAULT_POLICY.tiers.map((tier) => tier.filter(({ name }) => name !== 'network-topology-aware'));
    const on = world({ ...DEFAULT_POLICY, tiers });
    gang(on, 'g', 2, hard(2));
    gang(on, 'other', 2, SOFT);
    const outcome = on.cycle();
    expect(outcome.refused['g']).to.contain('NeedsNotSupported').and.to.contain('network-topology-aware');
    expect(nodesOf(outcome)).to.deep.equal([0, 1]);
  });
});
