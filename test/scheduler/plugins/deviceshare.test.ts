import { expect } from 'chai';
import type { NodeRecord } from '../../../src/api/records/node-record.ts';
import { readPolicy } from '../../../src/config/read-policy.ts';
import type { GangDecision } from '../../../src/scheduler/session/decision.ts';
import { cardPod, cardPolicy, podCards, sharedNode, vgpuNode } from '../../support/card-records.ts';
import type { Amounts } from '../../support/card-records.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { makePodGroup } from '../../support/records.ts';
import { SchedulerWorld } from '../../support/scheduler-world.ts';
import type { Outcome } from '../../support/scheduler-world.ts';

const VGPU = { VGPUEnable: true };

function world(
  nodes: readonly NodeRecord[],
  options: Readonly<Record<string, string | number | boolean>> = VGPU,
): SchedulerWorld {
  const made = new SchedulerWorld(cardPolicy(options));
  for (const node of nodes) made.snapshot.upsertNode(node);
  return made;
}

/** A group of one for each list of containers, `p0`, `p1` and so on; with `minMember` one gang. */
function ask(to: SchedulerWorld, pods: readonly (readonly Amounts[])[], minMember = 0): SchedulerWorld {
  pods.forEach((containers, i) => {
    const group = minMember > 0 ? 'gang' : `p${i}`;
    to.snapshot.upsertJob(makePodGroup(group, Math.max(1, minMember), { createdMs: i }));
    to.snapshot.upsertTask(cardPod(`p${i}`, group, containers, { createdMs: i }));
  });
  return to;
}

/** Cards by pod, containers between `;`. */
function cards({ decisions }: Outcome): Readonly<Record<string, string>> {
  const binds = decisions
    .filter((decision): decision is GangDecision => decision.kind === 'gang')
    .flatMap((gang) => gang.binds);
  return Object.fromEntries(
    binds.map((bind) => [
      bind.pod.slice(3),
      bind.cards?.map((parts) => parts.map(({ card }) => card).join(',')).join(';') ?? 'none',
    ]),
  );
}

const HALF = { 'vgpu-number': 1, 'vgpu-memory': 500, 'vgpu-cores': 50 };

interface Case {
  readonly name: string;
  readonly nodes: readonly NodeRecord[];
  readonly options?: Readonly<Record<string, string | number | boolean>>;
  readonly pods: readonly (readonly Amounts[])[];
  readonly want: Readonly<Record<string, string>>;
}

const TWO = [{ memory: 1000 }, { memory: 1000 }];

const CASES: readonly Case[] = [
  {
    name: 'two halves fill a card before the next one is begun',
    nodes: [vgpuNode('n1', TWO)],
    pods: [[HALF], [HALF], [HALF]],
    want: { p0: 'n1-0', p1: 'n1-0', p2: 'n1-1' },
  },
  {
    name: 'spread begins with the emptiest card',
    nodes: [vgpuNode('n1', TWO)],
    options: { ...VGPU, SchedulePolicy: 'spread' },
    pods: [[HALF], [HALF], [HALF]],
    want: { p0: 'n1-0', p1: 'n1-1', p2: 'n1-0' },
  },
  {
    name: 'cores of a card end at 100, whatever memory is left',
    nodes: [vgpuNode('n1', TWO)],
    pods: [[{ ...HALF, 'vgpu-memory': 1, 'vgpu-cores': 60 }], [{ ...HALF, 'vgpu-memory': 1, 'vgpu-cores': 60 }]],
    want: { p0: 'n1-0', p1: 'n1-1' },
  },
  {
    name: 'so many containers share a card as it says',
    nodes: [
      vgpuNode('n1', [
        { memory: 1000, sharers: 1 },
        { memory: 1000, sharers: 1 },
      ]),
    ],
    pods: [[{ 'vgpu-number': 1, 'vgpu-memory': 1 }], [{ 'vgpu-number': 1, 'vgpu-memory': 1 }]],
    want: { p0: 'n1-0', p1: 'n1-1' },
  },
  {
    name: 'who asks for all cores has the card alone, and nobody without cores joins him',
    nodes: [vgpuNode('n1', TWO)],
    pods: [
      [{ 'vgpu-number': 1, 'vgpu-memory': 1, 'vgpu-cores': 100 }],
      [{ 'vgpu-number': 1, 'vgpu-memory': 1 }],
      [{ 'vgpu-number': 1, 'vgpu-memory': 1, 'vgpu-cores': 100 }],
    ],
    want: { p0: 'n1-0', p1: 'n1-1' },
  },
  {
    name: 'the cards of one container are different ones',
    nodes: [vgpuNode('n1', TWO)],
    pods: [[{ 'vgpu-number': 2, 'vgpu-memory': 400 }]],
    want: { p0: 'n1-0,n1-1' },
  },
  {
    name: 'containers keep their places, and may share a card',
    nodes: [vgpuNode('n1', TWO)],
    pods: [[{}, HALF, HALF]],
    want: { p0: ';n1-0;n1-0' },
  },
  {
    name: 'a container that asks for less does not stand in the way of one that asks for more',
    nodes: [vgpuNode('n1', [{ memory: 400 }, { memory: 1000 }])],
    pods: [
      [
        { 'vgpu-number': 1, 'vgpu-memory': 300 },
        { 'vgpu-number': 2, 'vgpu-memory': 400 },
      ],
    ],
    want: { p0: 'n1-1;n1-0,n1-1' },
  },
  {
    name: 'who asks for no cores may be on a card before all of them are taken',
    nodes: [vgpuNode('n1', [{ memory: 1000 }])],
    pods: [
      [
        { 'vgpu-number': 1, 'vgpu-memory': 1 },
        { 'vgpu-number': 1, 'vgpu-memory': 500, 'vgpu-cores': 50 },
        { ...HALF, 'vgpu-memory': 100 },
      ],
    ],
    want: { p0: 'n1-0;n1-0;n1-0' },
  },
  {
    name: 'a part of the memory is that of the card that is chosen',
    nodes: [vgpuNode('n1', [{ memory: 300 }, { memory: 1000 }])],
    pods: [[{ 'vgpu-number': 1, 'vgpu-memory-percentage': 60 }], [{ 'vgpu-number': 1, 'vgpu-memory-percentage': 60 }]],
    want: { p0: 'n1-0', p1: 'n1-1' },
  },
  {
    name: 'the node is the one whose cards have room, not the one with enough in sum',
    nodes: [vgpuNode('n1', [{ memory: 600 }, { memory: 600 }]), vgpuNode('n2', [{ memory: 1000 }])],
    pods: [[{ 'vgpu-number': 1, 'vgpu-memory': 900 }]],
    want: { p0: 'n2-0' },
  },
  {
    name: 'broken cards and cards of other makers are nobody’s',
    nodes: [vgpuNode('n1', [{ memory: 1000, isHealthy: false }, { memory: 1000, type: 'MLU-370' }, { memory: 1000 }])],
    pods: [[HALF]],
    want: { p0: 'n1-2' },
  },
  {
    name: 'memory of shared cards comes from one card',
    nodes: [sharedNode('n1', 2, 1000)],
    options: { GPUSharingEnable: true },
    pods: [[{ 'gpu-memory': 600 }], [{ 'gpu-memory': 600 }], [{ 'gpu-memory': 600 }]],
    want: { p0: '0', p1: '1' },
  },
  {
    name: 'whole shared cards are the ones that nobody has and that are not broken',
    nodes: [sharedNode('n1', 4, 1000, '1')],
    options: { GPUNumberEnable: true },
    pods: [[{ 'gpu-number': 2 }], [{ 'gpu-number': 2 }]],
    want: { p0: '0,2' },
  },
  {
    name: 'without its switch a way to ask is looked at as an amount alone',
    nodes: [vgpuNode('n1', TWO)],
    options: { GPUSharingEnable: true },
    pods: [[HALF]],
    want: { p0: 'none' },
  },
];

describe('deviceshare', () => {
  for (const { name, nodes, options, pods, want } of CASES) {
    it(name, () => {
      withoutAmbient(() => {
        expect(cards(ask(world(nodes, options), pods).cycle())).to.deep.equal(want);
      });
    });
  }

  it('lets members of a gang count for each other, and takes all of it back when one finds no card', () => {
    const three = ask(world([vgpuNode('n1', [{ memory: 1000 }])]), [[HALF], [HALF], [HALF]], 3);
    expect(three.cycle().placed).to.deep.equal({});
    expect(three.snapshot.devices.usesOf(0)).to.equal(undefined);
    const two = ask(world([vgpuNode('n1', [{ memory: 1000 }])]), [[HALF], [HALF]], 2);
    expect(cards(two.cycle())).to.deep.equal({ p0: 'n1-0', p1: 'n1-0' });
  });

  it('counts cards that pods of others were seen with, until they are gone', () => {
    const busy = world([vgpuNode('n1', [{ memory: 1000 }])]);
    const annotations = { 'volcano.sh/vgpu-ids-new': 'n1-0,NVIDIA,600,0:' };
    const other = cardPod('other', '', [HALF], {
      nodeName: 'n1',
      phase: 'Running',
      cards: podCards([HALF], annotations),
    });
    busy.snapshot.upsertTask(other);
    ask(busy, [[HALF]]);
    expect(busy.cycle().refused['p0']).to.contain(
      '1 node(s) had too few cards with 1 card (500 memory, 50 cores) free (at most 0 on one node, 400 memory on one card)',
    );
    busy.snapshot.upsertTask({ ...other, cards: podCards([HALF]) });
    expect(busy.cycle().placed, 'an annotation that was taken away frees nothing').to.deep.equal({});
    busy.snapshot.removeTask(other.uid);
    expect(cards(busy.cycle())).to.deep.equal({ p0: 'n1-0' });
  });

  it('keeps the cards of a pod that is bound, and gives those back of one whose binding failed', () => {
    const one = ask(world([vgpuNode('n1', [{ memory: 1000 }])]), [[{ 'vgpu-number': 1 }]]);
    one.cycle();
    one.snapshot.forget('uid-p0');
    expect(one.snapshot.devices.usesOf(0)).to.equal(undefined);
    expect(cards(one.cycle())).to.deep.equal({ p0: 'n1-0' });
    const annotations = { 'volcano.sh/vgpu-ids-new': 'n1-0,NVIDIA,1000,0:' };
    const seen = { nodeName: 'n1', cards: podCards([{ 'vgpu-number': 1 }], annotations) };
    one.snapshot.upsertTask(cardPod('p0', 'p0', [{ 'vgpu-number': 1 }], seen));
    expect(one.snapshot.devices.usesOf(0)?.[0]).to.deep.equal({ memory: 1000, cores: 0, sharers: 1, exclusive: 0 });
  });

  it('gives a planned pod its planned cards again, and others where those are taken', () => {
    const planned = [[{ card: 'n1-1', memory: 500, cores: 50 }]];
    const two = ask(world([vgpuNode('n1', TWO)]), [[HALF], [HALF], [HALF]]);
    two.snapshot.settle();
    for (const uid of ['uid-p0', 'uid-p1', 'uid-p2']) expect(two.snapshot.assume(uid, 'n1', planned)).to.equal(true);
    const chosen = ['uid-p0', 'uid-p1', 'uid-p2'].map((uid) => {
      const task = two.snapshot.tasks.get(uid);
      return task && two.snapshot.devices.choiceOf(task)?.[0]?.[0]?.card;
    });
    expect(chosen).to.deep.equal(['n1-1', 'n1-1', 'n1-0']);
  });

  it('follows a node whose cards change', () => {
    const one = ask(world([vgpuNode('n1', [{ memory: 100 }])]), [[HALF]]);
    expect(one.cycle().placed).to.deep.equal({});
    one.snapshot.upsertNode(vgpuNode('n1', [{ memory: 1000 }]));
    expect(cards(one.cycle())).to.deep.equal({ p0: 'n1-0' });
  });

  const never: readonly (readonly [string, NodeRecord, Amounts, string])[] = [
    [
      'the memory of the largest card',
      vgpuNode('n1', TWO),
      { 'vgpu-number': 1, 'vgpu-memory': 1500 },
      'NeverFits: A pod asks for 1 card (1500 memory) of cards for vGPUs, and a node has 2 such cards at most, and the largest has 1000 memory, busy or not.',
    ],
    [
      'the number of cards',
      vgpuNode('n1', TWO),
      { 'vgpu-number': 3, 'vgpu-memory': 1 },
      'NeverFits: A pod asks for 3 cards (1 memory) of cards for vGPUs, and a node has 2 such cards at most, and the largest has 1000 memory, busy or not.',
    ],
    [
      'cards of this kind',
      vgpuNode('n1', [{ memory: 1000, type: 'MLU-370' }]),
      HALF,
      'NeverFits: A pod asks for 1 card (500 memory, 50 cores) of cards for vGPUs, and no node has such cards, busy or not.',
    ],
  ];
  for (const [what, node, amounts, message] of never) {
    it(`tells that a pod can never be placed for ${what}`, () => {
      expect(ask(world([node]), [[amounts]]).cycle().refused['p0']).to.equal(message);
    });
  }

  it('scores nodes by their cards when it has a weight', () => {
    const nodes = [
      vgpuNode('n1', [{ memory: 1000 }]),
      vgpuNode('n2', [{ memory: 2000 }]),
      vgpuNode('n3', [{ memory: 800 }]),
    ];
    const packed = ask(world(nodes, { ...VGPU, SchedulePolicy: 'binpack', ScheduleWeight: 100 }), [[HALF]]);
    expect(packed.cycle().placed).to.deep.equal({ p0: 'n3' });
    const spread = ask(world(nodes, { ...VGPU, SchedulePolicy: 'spread', ScheduleWeight: 100 }), [
      [HALF],
      [HALF],
      [HALF],
    ]);
    expect(Object.values(spread.cycle().placed).toSorted()).to.deep.equal(['n1', 'n2', 'n3']);
  });

  it('gives cards out in one way, and minds them always', () => {
    const read = (plugin: object): string => {
      const others = ['gang', 'predicates', 'proportion'].map((name) => ({ name }));
      const result = readPolicy({
        actions: 'allocate',
        tiers: [{ plugins: [...others, { name: 'deviceshare', ...plugin }] }],
      });
      return result.kind === 'policy' ? 'accepted' : result.errors.map(({ message }) => message).join('; ');
    };
    expect(read({ arguments: { 'deviceshare.VGPUEnable': 'true' } })).to.equal('accepted');
    expect(read({ arguments: { 'deviceshare.VGPUEnable': true, 'deviceshare.GPUSharingEnable': true } })).to.contain(
      'only one of the arguments deviceshare.GPUSharingEnable and deviceshare.VGPUEnable can be true',
    );
    expect(read({ arguments: { 'deviceshare.NodeLockEnable': true } })).to.contain(
      'does nothing: cards are told in one write',
    );
    expect(read({ enablePredicate: false })).to.contain('it has to stay on');
  });
});
