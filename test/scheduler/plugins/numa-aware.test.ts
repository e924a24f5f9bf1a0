import { expect } from 'chai';
import type { NumaPolicy, NumaScope } from '../../../src/api/records/numa-records.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { makeTopology, numaPod, numaPolicy } from '../../support/numa-records.ts';
import type { Layout, Limits } from '../../support/numa-records.ts';
import { makePodGroup } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const GIB = 1024 ** 3;

/** Each node has CPUs enough for anybody; one without a layout tells nothing. */
function world(
  layouts: Readonly<Record<string, Layout | undefined>>,
  weight = 1,
  scope: NumaScope = 'container',
): SchedulerWorld {
  const made = new SchedulerWorld(numaPolicy(weight, scope));
  for (const [name, layout] of Object.entries(layouts)) {
    made.node(name, amounts(64));
    if (layout !== undefined) made.snapshot.numa.publish(makeTopology(name, layout));
  }
  return made;
}

/** A gang of that many pods, `g-0` and so on. */
function gang(
  to: SchedulerWorld,
  count: number,
  asked: readonly [NumaPolicy, readonly Limits[]],
  name = 'g',
  minMember = count,
): SchedulerWorld {
  to.snapshot.upsertJob(makePodGroup(name, minMember));
  for (let n = 0; n < count; n += 1) to.snapshot.upsertTask(numaPod(`${name}-${n}`, name, asked));
  return to;
}

/** Node and zones by pod, such as `n1 0+1`. */
function places(of: SchedulerWorld): Readonly<Record<string, string>> {
  return withoutAmbient(() => {
    const { decisions } = of.cycle();
    const binds = decisions.flatMap((decision) => (decision.kind === 'gang' ? decision.binds : []));
    const zones = ({ numa = [] }: (typeof binds)[number]): string => numa.map(({ zone }) => zone).join('+');
    return Object.fromEntries(binds.map((bind) => [bind.pod.slice(3), `${bind.node} ${zones(bind)}`]));
  });
}

function refusal(of: SchedulerWorld): string {
  return withoutAmbient(() => of.cycle().refused['g'] ?? '');
}

const POLICIES = ['best-effort', 'restricted', 'single-numa-node'] as const;

describe('the plugin numa-aware', () => {
  for (const asked of POLICIES) {
    it(`sends a pod with ${asked} to a node whose kubelet has that policy, and to no other`, () => {
      const layouts = { n0: { zones: [4], policy: 'none' as const }, n9: undefined };
      const nodes = Object.fromEntries(POLICIES.map((policy) => [policy, { zones: [4], policy }]));
      const found = places(gang(world({ ...layouts, ...nodes }), 1, [asked, [{ cpu: '2' }]]));
      expect(found).to.deep.equal({ 'g-0': `${asked} 0` });
      const others = Object.fromEntries(Object.entries(nodes).filter(([name]) => name !== asked));
      expect(refusal(gang(world({ ...layouts, ...others }), 1, [asked, [{ cpu: '2' }]]))).to.include('NeverFits');
    });
  }

  const FITS: readonly (readonly [
    name: string,
    Layout,
    readonly [NumaPolicy, readonly Limits[]],
    count: number,
    want: Readonly<Record<string, string>>,
  ])[] = [
    [
      'members of a gang are expected on different CPUs, the first NUMA node first',
      { zones: [4, 4] },
      ['single-numa-node', [{ cpu: '3' }]],
      2,
      { 'g-0': 'n1 0', 'g-1': 'n1 1' },
    ],
    [
      'a gang waits whole where one of it finds no NUMA node',
      { zones: [4, 4] },
      ['single-numa-node', [{ cpu: '3' }]],
      3,
      {},
    ],
    [
      'containers of a pod may be on NUMA nodes of their own',
      { zones: [4, 4] },
      ['single-numa-node', [{ cpu: '3' }, { cpu: '3' }]],
      1,
      { 'g-0': 'n1 0+1' },
    ],
    [
      'but not where the kubelet looks for the pod as a whole',
      { zones: [4, 4], scope: 'pod' },
      ['single-numa-node', [{ cpu: '3' }, { cpu: '3' }]],
      1,
      {},
    ],
    [
      'which takes them together where they have room',
      { zones: [4, 6], scope: 'pod' },
      ['single-numa-node', [{ cpu: '3' }, { cpu: '3' }, { cpu: '5', isStep: true }]],
      1,
      { 'g-0': 'n1 1' },
    ],
    [
      'restricted takes two NUMA nodes for what no single one could ever give',
      { zones: [4, 4], policy: 'restricted' },
      ['restricted', [{ cpu: '6' }]],
      1,
      { 'g-0': 'n1 0+1' },
    ],
    [
      'restricted waits for one NUMA node where one could give it',
      { zones: [4, 4], policy: 'restricted', used: [0, 1, 4, 5] },
      ['restricted', [{ cpu: '3' }]],
      1,
      {},
    ],
    [
      'best-effort takes what there is',
      { zones: [4, 4], policy: 'best-effort', used: [0, 1, 4, 5] },
      ['best-effort', [{ cpu: '3' }]],
      1,
      { 'g-0': 'n1 0+1' },
    ],
    [
      'best-effort takes one NUMA node where it can',
      { zones: [4, 4], policy: 'best-effort', used: [0, 1] },
      ['best-effort', [{ cpu: '3' }]],
      1,
      { 'g-0': 'n1 1' },
    ],
    [
      'CPUs that the node keeps for itself are for nobody',
      { zones: [4, 4], reserved: '1500m' },
      ['single-numa-node', [{ cpu: '3' }]],
      1,
      { 'g-0': 'n1 1' },
    ],
    [
      'a container after a start-up step has to have the CPUs that the step had',
      { zones: [4, 6], used: [0, 1] },
      ['single-numa-node', [{ cpu: '2', isStep: true }, { cpu: '4' }]],
      1,
      {},
    ],
    [
      'a start-up step takes nothing beside the containers',
      { zones: [4] },
      ['single-numa-node', [{ cpu: '3', isStep: true }, { cpu: '4' }]],
      1,
      { 'g-0': 'n1 0' },
    ],
    [
      'parts of CPUs are nobody’s own',
      { zones: [1] },
      ['single-numa-node', [{ cpu: '1' }, { cpu: '1500m' }]],
      1,
      { 'g-0': 'n1 0' },
    ],
    [
      'memory and CPUs come from one NUMA node',
      {
        zones: [4, 4],
        memory: [
          { memory: { allocatable: 8 * GIB, free: GIB / 2 } },
          { memory: { allocatable: 8 * GIB, free: 8 * GIB } },
        ],
      },
      ['single-numa-node', [{ cpu: '2' }]],
      1,
      { 'g-0': 'n1 1' },
    ],
    [
      'huge pages do, too, and are not promised twice',
      {
        zones: [4, 4],
        memory: [0, 1].map(() => ({
          memory: { allocatable: 8 * GIB, free: 8 * GIB },
          'hugepages-2Mi': { allocatable: 2 * GIB, free: 2 * GIB },
        })),
      },
      ['single-numa-node', [{ cpu: '1', huge: '2Gi' }]],
      2,
      { 'g-0': 'n1 0', 'g-1': 'n1 1' },
    ],
  ];
  for (const [name, layout, asked, count, want] of FITS) {
    it(name, () => {
      expect(places(gang(world({ n1: layout }), count, asked))).to.deep.equal(want);
    });
  }

  it('what no Numatopology tells of the scope the arguments say', () => {
    const asked = ['single-numa-node', [{ cpu: '3' }, { cpu: '3' }]] as const;
    const layouts = { n1: { zones: [4, 4] }, n2: { zones: [4, 4], scope: 'container' as const } };
    expect(places(gang(world(layouts, 1, 'pod'), 1, asked))).to.deep.equal({ 'g-0': 'n2 0+1' });
    expect(places(gang(world(layouts, 1), 1, asked))).to.deep.equal({ 'g-0': 'n1 0+1' });
  });

  it('a node that would cut the pod less comes first, and with weight 0 none does', () => {
    const layouts = {
      n1: { zones: [12, 12], policy: 'best-effort' as const },
      n2: { zones: [20, 20], policy: 'best-effort' as const },
    };
    const asked = ['best-effort', [{ cpu: '16' }]] as const;
    expect(places(gang(world(layouts, 10), 1, asked))).to.deep.equal({ 'g-0': 'n2 0' });
    expect(places(gang(world(layouts, 0), 1, asked))).to.deep.equal({ 'g-0': 'n1 0+1' });
  });

  it('a pod without policy goes anywhere, and its CPUs count on every NUMA node until they are published', () => {
    const made = world({ n1: { zones: [4, 4] } });
    const free = numaPod('free', '', ['none', [{ cpu: '2' }]], { nodeName: 'n1', phase: 'Running' });
    made.snapshot.upsertTask(free);
    gang(made, 1, ['single-numa-node', [{ cpu: '3' }]]);
    expect(places(made)).to.deep.equal({});
    made.snapshot.numa.publish(makeTopology('n1', { zones: [4, 4], used: [0, 1] }));
    expect(places(made)).to.deep.equal({ 'g-0': 'n1 1' });
  });

  it('of pods that share a name with nobody on the list of those that have CPUs, none is counted twice', () => {
    const made = world({ n1: { zones: [4, 4], used: [0, 1], holders: [{ namespace: 'ns', name: 'a' }] } });
    for (const name of ['a', 'b']) {
      made.snapshot.upsertTask(numaPod(name, '', ['none', [{ cpu: '2' }]], { nodeName: 'n1', phase: 'Running' }));
    }
    gang(made, 2, ['single-numa-node', [{ cpu: '2' }]], 'g', 1);
    expect(places(made)).to.deep.equal({ 'g-0': 'n1 1' });
  });

  it('what was not bound after all is free again, and so is what was tried in vain', () => {
    const made = gang(world({ n1: { zones: [4] } }), 1, ['single-numa-node', [{ cpu: '4' }]], 'first');
    expect(places(made)).to.deep.equal({ 'first-0': 'n1 0' });
    gang(made, 2, ['single-numa-node', [{ cpu: '3' }]]);
    expect(places(made)).to.deep.equal({});
    made.snapshot.forget('uid-first-0');
    made.snapshot.removeTask('uid-first-0');
    gang(made, 1, ['single-numa-node', [{ cpu: '4' }]], 'last');
    expect(places(made)).to.deep.equal({ 'last-0': 'n1 0' });
  });

  const REFUSALS: readonly (readonly [
    name: string,
    Readonly<Record<string, Layout | undefined>>,
    readonly [NumaPolicy, readonly Limits[]],
    want: string,
  ])[] = [
    [
      'must wait: which is free is told with numbers',
      { n1: { zones: [4, 4], used: [0, 1, 4, 5] } },
      ['single-numa-node', [{ cpu: '3' }]],
      'NotEnoughResources: 0/1 nodes are available: 1 node(s) had too little cpu on one NUMA node (3 asked for, at most 2 free).',
    ],
    [
      'will never fit: what there is at all is told, and which nodes have other policies',
      { n1: { zones: [4, 4] }, n2: { zones: [16], policy: 'restricted' }, n3: undefined },
      ['single-numa-node', [{ cpu: '6' }]],
      'NeverFits: A pod with topology policy single-numa-node fits no node, busy or not: ' +
        '1 node(s) have too little cpu on one NUMA node (6 asked for, at most 4 at all), ' +
        '1 node(s) had topology policy restricted, and the pod asks for single-numa-node, 1 node(s) did not tell their NUMA nodes.',
    ],
    [
      'will never fit where kubelets give no CPUs to single containers',
      { n1: { zones: [4], cpuManager: 'none' } },
      ['single-numa-node', [{ cpu: '2' }]],
      'NeverFits: A pod with topology policy single-numa-node fits no node, busy or not: 1 node(s) had no static CPU manager.',
    ],
    [
      'each of enough, but not on the same NUMA node',
      {
        n1: {
          zones: [4, 4],
          used: [0, 1, 2, 3],
          memory: [GIB * 4, 0].map((free) => ({ memory: { allocatable: 4 * GIB, free } })),
        },
      },
      ['single-numa-node', [{ cpu: '2' }]],
      'NotEnoughResources: 0/1 nodes are available: ' +
        '1 node(s) had no NUMA node with enough of everything that a container asks for.',
    ],
  ];
  for (const [name, layouts, asked, want] of REFUSALS) {
    it(name, () => {
      expect(refusal(gang(world(layouts), 1, asked))).to.include(want);
    });
  }
});
