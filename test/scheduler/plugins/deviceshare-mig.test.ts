import { expect } from 'chai';
import { choiceText } from '../../../src/api/cards/choice-text.ts';
import type { ModelGeometries } from '../../../src/api/cards/mig-geometries.ts';
import type { NodeRecord } from '../../../src/api/records/node-record.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { GangDecision } from '../../../src/scheduler/session/decision.ts';
import { cardPod, cardPolicy, podCards, vgpuNode } from '../../support/card-records.ts';
import type { Amounts } from '../../support/card-records.ts';
import { A100, A100_GEOMETRIES } from '../../support/mig-geometries.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { makePodGroup } from '../../support/records.ts';
import { SchedulerWorld } from '../../support/scheduler-world.ts';
import type { Outcome } from '../../support/scheduler-world.ts';

const SOURCE = 'ConfigMap kube-system/volcano-vgpu-device-config';

type Options = Readonly<Record<string, string | number | boolean>>;

/** So many cards that are cut. */
function migNode(name: string, cards: number): NodeRecord {
  return vgpuNode(
    name,
    Array.from({ length: cards }, () => A100),
    'mig',
  );
}

function world(
  nodes: readonly NodeRecord[],
  models: readonly ModelGeometries[] = A100_GEOMETRIES,
  options: Options = {},
) {
  const made = new SchedulerWorld(cardPolicy({ VGPUEnable: true, ...options }));
  for (const node of nodes) made.snapshot.upsertNode(node);
  made.snapshot.learnGeometries({ source: SOURCE, models });
  return made;
}

function of(memory: number, more: Amounts = {}): Amounts {
  return { 'vgpu-number': 1, 'vgpu-memory': memory, ...more };
}

/** A pod and its group, of the same name. */
function ask(
  to: SchedulerWorld,
  name: string,
  containers: readonly Amounts[],
  overrides: Partial<PodRecord> = {},
): void {
  to.snapshot.upsertJob(makePodGroup(name, 1, { createdMs: to.snapshot.jobs.size }));
  to.snapshot.upsertTask(cardPod(name, name, containers, { createdMs: to.snapshot.jobs.size, ...overrides }));
}

/** One pod for each of these. */
function askAll(to: SchedulerWorld, pods: readonly (readonly Amounts[])[]): SchedulerWorld {
  pods.forEach((containers, i) => ask(to, `p${i}`, containers));
  return to;
}

/** By pod, as annotations have it. */
function given({ decisions }: Outcome): Readonly<Record<string, string>> {
  const gangs = decisions.filter((decision): decision is GangDecision => decision.kind === 'gang');
  return Object.fromEntries(
    gangs.flatMap(({ binds }) => binds).map((bind) => [bind.pod.slice(3), choiceText(bind.cards ?? [])]),
  );
}

/** A pod that somebody else bound, with these annotations. */
function seen(name: string, ids: string): PodRecord {
  const cards = podCards([of(1)], { 'volcano.sh/vgpu-ids-new': ids });
  return cardPod(name, '', [of(1)], { nodeName: 'n1', phase: 'Running', schedulerName: 'volcano', cards });
}

interface Case {
  readonly nodes: readonly NodeRecord[];
  readonly pods: readonly (readonly Amounts[])[];
  readonly options?: Options;
  readonly want: Readonly<Record<string, string>>;
}

const CASES: Readonly<Record<string, Case>> = {
  'gets the smallest instance that will do, and all of its memory': {
    nodes: [migNode('n1', 1)],
    pods: [[of(12_000, { 'vgpu-cores': 20 })]],
    want: { p0: 'n1-0[group2-0],NVIDIA,19968,20:' },
  },
  'joins the card that is cut already, where that has a part left': {
    nodes: [migNode('n1', 2)],
    pods: [[of(20_000)], [of(8000)]],
    want: { p0: 'n1-0[group3-0],NVIDIA,40192,0:', p1: 'n1-0[group3-1],NVIDIA,40192,0:' },
  },
  'gets a card that is cut otherwise, where the one in use has too small parts': {
    nodes: [migNode('n1', 2)],
    pods: [[of(8000)], [of(20_000)], [of(8000)]],
    want: {
      p0: 'n1-0[group1-0],NVIDIA,9728,0:',
      p1: 'n1-1[group3-0],NVIDIA,40192,0:',
      p2: 'n1-1[group3-1],NVIDIA,40192,0:',
    },
  },
  'goes to the emptiest card, where that is said': {
    nodes: [migNode('n1', 2)],
    pods: [[of(8000)], [of(8000)], [of(8000)]],
    options: { SchedulePolicy: 'spread' },
    want: {
      p0: 'n1-0[group1-0],NVIDIA,9728,0:',
      p1: 'n1-1[group1-0],NVIDIA,9728,0:',
      p2: 'n1-0[group1-1],NVIDIA,9728,0:',
    },
  },
  'has its cards cut so that all of its containers find theirs': {
    nodes: [migNode('n1', 1)],
    pods: [[of(8000), {}, of(15_000, { 'vgpu-cores': 10 })]],
    want: { p0: 'n1-0[group2-3],NVIDIA,9728,0:;;n1-0[group2-0],NVIDIA,19968,10:' },
  },
  'gets several cards for one container': {
    nodes: [migNode('n1', 2)],
    pods: [[{ 'vgpu-number': 2, 'vgpu-memory': 8000 }]],
    want: { p0: 'n1-0[group1-0],NVIDIA,9728,0:n1-1[group1-0],NVIDIA,9728,0:' },
  },
  'gets a whole card where it names no memory': {
    nodes: [migNode('n1', 1)],
    pods: [[{ 'vgpu-number': 1 }]],
    want: { p0: 'n1-0[group4-0],NVIDIA,80896,0:' },
  },
  'has a card alone where it asks for all cores': {
    nodes: [migNode('n1', 2)],
    pods: [[of(8000, { 'vgpu-cores': 100 })], [of(8000)]],
    want: { p0: 'n1-0[group1-0],NVIDIA,9728,100:', p1: 'n1-1[group1-0],NVIDIA,9728,0:' },
  },
  'finds nodes by how full their cards will be': {
    nodes: [migNode('n1', 1), vgpuNode('n2', [{ memory: 10_000 }])],
    pods: [[of(9000)]],
    options: { ScheduleWeight: 100 },
    want: { p0: 'n2-0,NVIDIA,9000,0:' },
  },
};

describe('a pod on cards that the hardware cuts', () => {
  for (const [name, { nodes, pods, options, want }] of Object.entries(CASES)) {
    it(name, () => {
      withoutAmbient(() => {
        expect(given(askAll(world(nodes, A100_GEOMETRIES, options), pods).cycle())).to.deep.equal(want);
      });
    });
  }

  it('waits while the parts that would do are taken, and gets one that comes back', () => {
    const one = askAll(world([migNode('n1', 1)]), [[of(20_000)], [of(20_000)], [of(20_000)]]);
    const first = one.cycle();
    expect(Object.keys(given(first))).to.deep.equal(['p0', 'p1']);
    expect(first.refused['p2']).to.contain(
      '1 node(s) had too few cards with 1 card (20000 memory) free (at most 0 on one node, 0 memory on one card)',
    );
    one.snapshot.forget('uid-p0');
    one.snapshot.removeTask('uid-p0');
    expect(given(one.cycle())).to.deep.equal({ p2: 'n1-0[group3-0],NVIDIA,40192,0:' });
  });

  it('is told what the largest free part is', () => {
    const one = world([migNode('n1', 1)]);
    one.snapshot.upsertTask(seen('other', 'n1-0[group2-1],NVIDIA,11000,0:'));
    ask(one, 'p0', [of(30_000)]);
    expect(one.cycle().refused['p0']).to.contain('(at most 0 on one node, 19968 memory on one card)');
  });

  it('is told that it never fits where no geometry has such an instance', () => {
    expect(askAll(world([migNode('n1', 2)]), [[of(81_000)]]).cycle().refused['p0']).to.equal(
      'NeverFits: A pod asks for 1 card (81000 memory) of cards for vGPUs, and a node has 2 such cards at most, and the largest, or the largest instance of one that is cut, has 80896 memory, busy or not.',
    );
  });

  it('waits until somebody says how its cards are cut', () => {
    const one = askAll(world([migNode('n1', 1)]), [[of(8000)], [of(81_000)]]);
    one.snapshot.learnGeometries({ source: SOURCE, models: undefined });
    const reason = (gap: string): string =>
      `NotEnoughResources: 0/1 nodes are available: 1 node(s) had cards that the hardware cuts, and ${gap}.`;
    expect(one.cycle().refused).to.deep.equal({
      p0: reason(`no ${SOURCE} says how`),
      p1: reason(`no ${SOURCE} says how`),
    });
    const others = A100_GEOMETRIES.map((each) => ({ ...each, models: ['A30'] }));
    one.snapshot.learnGeometries({ source: SOURCE, models: others });
    expect(one.cycle().refused['p0']).to.equal(reason(`${SOURCE} names no geometry for their model`));
    one.snapshot.learnGeometries({ source: SOURCE, models: A100_GEOMETRIES });
    const last = one.cycle();
    expect(given(last)).to.deep.equal({ p0: 'n1-0[group1-0],NVIDIA,9728,0:' });
    expect(last.refused['p1']).to.match(/^NeverFits/);
  });

  it('keeps its instance when geometries go, and nobody joins it before they are back', () => {
    const one = askAll(world([migNode('n1', 1)]), [[of(8000)]]);
    one.cycle();
    one.snapshot.learnGeometries({ source: SOURCE, models: undefined });
    ask(one, 'p1', [of(8000)]);
    expect(given(one.cycle())).to.deep.equal({});
    one.snapshot.learnGeometries({ source: SOURCE, models: A100_GEOMETRIES });
    expect(given(one.cycle())).to.deep.equal({ p1: 'n1-0[group1-1],NVIDIA,9728,0:' });
  });

  const strangers: Readonly<Record<string, readonly [string, string]>> = {
    'an instance, by the place and not by what was asked for': ['n1-0[group2-0],NVIDIA,1,0:', 'n1-0[group2-1]'],
    'the whole card': ['n1-0,NVIDIA,1,0:', 'none'],
    'what nobody can read': ['n1-0[group2],NVIDIA,1,0:', 'none'],
    'an instance of a geometry that nobody knows': ['n1-0[other-0],NVIDIA,1,0:', 'none'],
    'an instance that there is not': ['n1-0[group2-4],NVIDIA,1,0:', 'none'],
  };
  for (const [what, [ids, want]] of Object.entries(strangers)) {
    it(`minds pods of others that have ${what}`, () => {
      const one = world([migNode('n1', 1)]);
      one.snapshot.upsertTask(seen('other', ids));
      ask(one, 'p0', [of(15_000)]);
      expect((given(one.cycle())['p0'] ?? 'none').split(',')[0]).to.equal(want);
      one.snapshot.removeTask('uid-other');
      if (want === 'none') expect(given(one.cycle())['p0']?.split(',')[0]).to.equal('n1-0[group2-0]');
    });
  }

  it('chooses by its annotation whether cards are cut', () => {
    const two = world([vgpuNode('n1', [{ memory: 90_000, type: A100.type }]), migNode('n2', 1)]);
    for (const mode of ['hami-core', 'mig', 'mps']) {
      ask(two, mode, [of(8000)], { cards: podCards([of(8000)], { 'volcano.sh/vgpu-mode': mode }) });
    }
    const outcome = two.cycle();
    expect(outcome.placed).to.deep.equal({ 'hami-core': 'n1', mig: 'n2' });
    expect(outcome.refused['mps']).to.match(
      /^NeverFits: .* of cards for vGPUs \(mode mps\), and no node has such cards/,
    );
  });

  it('gets its planned instance again, and another one where that is taken or cannot be had', () => {
    const plan = (group: string, position: number) => [
      [{ card: 'n1-0', memory: 19_968, cores: 0, instance: { group, position } }],
    ];
    const one = askAll(world([migNode('n1', 1)]), [[of(15_000)], [of(15_000)], [of(15_000)], [of(15_000)]]);
    one.snapshot.settle();
    const plans = [plan('group2', 2), plan('group2', 2), plan('group3', 0), plan('group2', 3)];
    const chosen = plans.map((planned, i) => {
      const isPlaced = one.snapshot.assume(`uid-p${i}`, 'n1', planned);
      const task = one.snapshot.tasks.get(`uid-p${i}`);
      return isPlaced && task ? choiceText(one.snapshot.devices.choiceOf(task) ?? []).split(',')[0] : 'none';
    });
    expect(chosen).to.deep.equal(['n1-0[group2-2]', 'n1-0[group2-0]', 'n1-0[group2-1]', 'none']);
  });

  it('has its instance free again when its binding failed, and its card whole', () => {
    const one = askAll(world([migNode('n1', 1)]), [[of(8000)]]);
    one.cycle();
    expect(one.snapshot.devices.usesOf(0)?.[0]?.instances).to.deep.equal([{ group: 'group1', position: 0 }]);
    one.snapshot.forget('uid-p0');
    expect(one.snapshot.devices.usesOf(0)).to.equal(undefined);
    one.snapshot.removeTask('uid-p0');
    ask(one, 'p1', [of(80_000)]);
    expect(given(one.cycle())).to.deep.equal({ p1: 'n1-0[group4-0],NVIDIA,80896,0:' });
  });
});
