import { expect } from 'chai';
import fc from 'fast-check';
import { plugin } from '../../../src/config/policy.ts';
import type { PluginOption, SchedulerPolicy } from '../../../src/config/policy.ts';
import { Snapshot } from '../../../src/scheduler/ledger/snapshot.ts';
import { DomainTree } from '../../../src/scheduler/topology/domain-tree.ts';
import { DomainUse } from '../../../src/scheduler/topology/domain-use.ts';
import { policy as evicting, runs, world as evictingWorld } from '../../support/evicting-world.ts';
import { exactly, hard, makeHyperNode, matching } from '../../support/network.ts';
import { HOST, OWN_LABELS, podWishes, wishTerm } from '../../support/pod-rules.ts';
import { makeShape } from '../../support/records.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { amounts, GPU, SchedulerWorld } from '../../support/scheduler-world.ts';

type Options = Readonly<Record<string, string | number | boolean>>;

/** Only the network has a preference. */
function policy(options: Options, ...others: readonly PluginOption[]): SchedulerPolicy {
  const network = { ...plugin('network-topology-aware'), arguments: new Map(Object.entries(options)) };
  const base = evicting('preempt');
  const second = [plugin('predicates'), plugin('proportion'), ...others, network];
  return { ...base, actions: ['enqueue', 'allocate'], tiers: [base.tiers[0] ?? [], second] };
}

/** Racks a (n1, n2) and b (n3, n4) of tier 1 under a spine of tier 2, and a rack c (n5, n6) alone; n7 in none. Nodes of 8 CPUs, 8 GiB and 8 GPUs. */
function racks(which: SchedulerPolicy): SchedulerWorld {
  const on = new SchedulerWorld(which).nodes(7, amounts(8, 8, 8));
  for (const [name, nodes] of Object.entries({ a: '[12]', b: '[34]', c: '[56]' })) {
    on.snapshot.network.upsert(makeHyperNode(name, 1, matching('Node', `^n${nodes}$`)));
  }
  on.snapshot.network.upsert(makeHyperNode('s', 2, exactly('HyperNode', 'a'), exactly('HyperNode', 'b')));
  return on.group('x', 0);
}

/** Amounts in use on nodes by their numbers. */
function uses(
  on: SchedulerWorld,
  used: Readonly<Record<number, readonly [cpus: number, gibs: number, gpus?: number]>>,
): void {
  for (const [node, [cpus, gibs, gpus]] of Object.entries(used)) {
    on.running(`x-${node}`, 'x', `n${node}`, { requests: amounts(cpus, gibs, gpus) });
  }
}

const PACKED = { 'hypernode.binpack.normal-pod.enable': true };

describe('ordinary pods and the network', () => {
  // One pod of 1 CPU and 1 GiB: by tiers 1 and 2 with weights 1 and 0.8, (1 x rack + 0.8 x spine) / 1.8, where a missing tier counts 1.
  const CASES: readonly (readonly [string, Options, Parameters<typeof uses>[1], string])[] = [
    ['go to nodes outside of it first', PACKED, { 1: [4, 4] }, 'n7'],
    ['go to the fuller rack', PACKED, { 3: [2, 2], 7: [8, 8] }, 'n5'],
    ['go to the fuller rack of a spine', PACKED, { 3: [2, 2], 5: [8, 8], 6: [8, 8], 7: [8, 8] }, 'n3'],
    // Rack c: (1 x 3/16 + 0.8) / 1.8 = 0.55; rack a: (1 x 14/16 + 0.8 x 14/32) / 1.8 = 0.68.
    [
      'go to a rack that is far fuller, in whatever spine',
      PACKED,
      { 1: [7, 7], 2: [6, 6], 5: [2, 2], 7: [8, 8] },
      'n1',
    ],
    // Without fading each tier counts as much: c (3/16 + 1) / 2 = 0.59; a (7/16 + 7/32) / 2 = 0.33.
    [
      'count all tiers alike with a fading of 1',
      { ...PACKED, 'hypernode.binpack.normal-pod.fading': 1 },
      { 1: [6, 6], 5: [2, 2], 7: [8, 8] },
      'n5',
    ],
    [
      'count tier 1 alone with a fading of 0',
      { ...PACKED, 'hypernode.binpack.normal-pod.fading': 0 },
      { 1: [6, 6], 5: [2, 2], 7: [8, 8] },
      'n1',
    ],
    [
      'weigh resources',
      { ...PACKED, 'hypernode.binpack.cpu': 9 },
      { 3: [4, 1], 1: [1, 6], 5: [8, 8], 6: [8, 8], 7: [8, 8] },
      'n3',
    ],
    [
      'weigh resources the other way round',
      { ...PACKED, 'hypernode.binpack.memory': 9 },
      { 3: [4, 1], 1: [1, 6], 5: [8, 8], 6: [8, 8], 7: [8, 8] },
      'n1',
    ],
    [
      'look at no resource that they do not ask for',
      { ...PACKED, 'hypernode.binpack.resources': GPU },
      { 3: [0, 0, 8], 1: [1, 1], 5: [8, 8], 6: [8, 8], 7: [8, 8] },
      'n1',
    ],
    [
      'are packed with any weight of it',
      { 'hypernode.binpack.cpu': 1 },
      { 3: [2, 2], 5: [8, 8], 6: [8, 8], 7: [8, 8] },
      'n3',
    ],
    ['go by names without such arguments', {}, { 3: [2, 2] }, 'n1'],
    ['go by names with the weight 0', { ...PACKED, weight: 0 }, { 3: [2, 2] }, 'n1'],
    [
      'go by names when it is off',
      { ...PACKED, 'hypernode.binpack.normal-pod.enable': false, 'hypernode.binpack.cpu': 2 },
      { 3: [2, 2] },
      'n1',
    ],
  ];
  for (const [name, options, used, want] of CASES) {
    it(name, () => {
      withoutAmbient(() => {
        const on = racks(policy(options));
        uses(on, used);
        expect(on.gang('p', { count: 1, requests: amounts(1, 1) }).cycle().placed).to.deep.equal({ 'p-0': want });
      });
    });
  }

  for (const [pods, want] of [
    [8, ['c']],
    [9, ['a', 'c']],
    [16, ['a', 'c']],
    [24, ['a', 'b', 'c']],
  ] as const) {
    it(`fill one rack after the other, as they come: ${pods}`, () => {
      const on = racks(policy(PACKED));
      uses(on, { 7: [8, 8] });
      const { placed } = on.gang('p', { count: pods, requests: amounts(2, 2) }).cycle();
      const taken = new Set(Object.values(placed).map((node) => 'aabbcc'.charAt(Number(node.slice(1)) - 1)));
      expect([Object.keys(placed).length, [...taken].toSorted((a, b) => a.localeCompare(b))]).to.deep.equal([
        pods,
        want,
      ]);
    });
  }

  it('do as their wishes about other pods say, and those of pods that stand, where there are any', () => {
    const wishes = podWishes({ terms: [wishTerm(HOST, -100)] });
    for (const [count, shape] of [
      [2, makeShape(amounts(1, 1), { wishes })],
      [1, makeShape(amounts(1, 1))],
    ] as const) {
      const on = racks(policy(PACKED, plugin('nodeorder')));
      on.running('other', 'x', 'n1', { shape: makeShape(amounts(1), { wishes }), labels: OWN_LABELS });
      const { placed } = on.gang('p', { count, shape, labels: OWN_LABELS }).cycle();
      expect(Object.values(placed)).to.have.length(count).and.not.include('n1');
    }
  });
});

describe('groups near each other and the network', () => {
  // Racks b and c take the two pods of 4 CPUs and 1 GiB. Fill of b: CPU (4 + 8) / 16, memory (1 + 2) / 16; of c: CPU 8 / 16, memory (14 + 2) / 16.
  const CASES: readonly (readonly [string, Options, string])[] = [
    ['the one that would be fullest by CPU', { 'hypernode.binpack.cpu': 9, 'hypernode.binpack.memory': 1 }, 'b'],
    ['the one that would be fullest by memory', { 'hypernode.binpack.cpu': 1, 'hypernode.binpack.memory': 9 }, 'c'],
    ['the one with the least room without such arguments', {}, 'c'],
  ];
  for (const [name, options, want] of CASES) {
    it(`take of the domains of a tier ${name}`, () => {
      const on = racks(policy(options));
      uses(on, { 1: [8, 0], 2: [8, 0], 3: [4, 1], 5: [0, 7], 6: [0, 7] });
      on.gang('g', { count: 2, requests: amounts(4, 1) }, { network: hard(1) });
      const racksTaken = Object.values(on.cycle().placed).map((node) => 'aabbcc'[Number(node.slice(1)) - 1]);
      expect(new Set(racksTaken)).to.deep.equal(new Set([want]));
    });
  }

  it('has so many domains looked at for pods that could go as it is told', () => {
    const first = (most: number): number => {
      const base = evicting('preempt');
      const network = {
        ...plugin('network-topology-aware'),
        arguments: new Map([['hypernode.gradient.evict.max-hypernodes', most]]),
      };
      const on = evictingWorld({ ...base, tiers: [base.tiers[0] ?? [], [...(base.tiers[1] ?? []), network]] }, 4);
      for (const [name, nodes] of Object.entries({ a: '[12]', b: '[34]' })) {
        on.snapshot.network.upsert(makeHyperNode(name, 1, matching('Node', `^n${nodes}$`)));
      }
      // Rack a comes first, for it lacks less; most of what stands there is more important.
      runs(on, 'x', { n1: 4, n2: 1 }, { minMember: 1, priorityClassName: 'higher' });
      runs(on, 'z', { n2: 1 }, { minMember: 1 });
      runs(on, 'y', { n3: 4, n4: 4 }, { minMember: 1 });
      on.gang('g', { count: 4, requests: amounts(2) }, { network: hard(1), priorityClassName: 'high', minMember: 4 });
      return on.cycle().decisions.filter(({ kind }) => kind === 'evict').length;
    };
    expect([first(1) > 0, first(2) > 0]).to.deep.equal([false, true]);
  });
});

describe('the use of domains', () => {
  it('is what a recount says, whatever comes and goes', () => {
    const step = fc.record({
      node: fc.integer({ min: 0, max: 5 }),
      cpus: fc.integer({ min: 0, max: 4 }),
      isSynced: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const on = racks(policy({}));
        on.cycle();
        const { snapshot } = on;
        const weighed = [{ resource: snapshot.resources.keep('cpu'), weight: 1 }];
        const tree = new DomainTree(
          [0, 1, 2].map((rack) => ({
            name: `r${rack}`,
            tier: 1,
            tierName: '',
            nodes: [2 * rack, 2 * rack + 1],
            children: [],
          })),
          snapshot.nodes.count,
        );
        const use = new DomainUse(snapshot, weighed);
        steps.forEach(({ node, cpus, isSynced }, i) => {
          on.running(`s${i}`, 'x', `n${node + 1}`, { requests: amounts(cpus) });
          if (i > 2 && cpus === 0) snapshot.removeTask(`uid-s${i - 2}`);
          if (isSynced) use.sync(tree);
        });
        const anew = new DomainUse(snapshot, weighed);
        for (const each of [use, anew]) each.sync(tree);
        const asked = use.asked(() => 1000);
        const fills = (each: DomainUse): readonly number[] =>
          [tree.root, ...tree.domains].map((domain) => each.fill(domain, asked));
        expect(fills(use)).to.deep.equal(fills(anew));
      }),
      { numRuns: 50 },
    );
  });

  it('is nothing where nothing is asked for, and where there is too little', () => {
    const use = new DomainUse(new Snapshot(), [{ resource: 0, weight: 1 }]);
    const tree = new DomainTree([], 0);
    use.sync(tree);
    expect(
      [0, 1].map((amount) =>
        use.fill(
          tree.root,
          use.asked(() => amount),
        ),
      ),
    ).to.deep.equal([0, 0]);
  });
});
