import { expect } from 'chai';
import fc from 'fast-check';
import { cardAnnotations } from '../../src/api/cards/card-annotations.ts';
import type { ModelGeometries } from '../../src/api/cards/mig-geometries.ts';
import type { CardChoice, CardPart, CardWish } from '../../src/api/records/card-records.ts';
import type { NodeRecord } from '../../src/api/records/node-record.ts';
import type { PodRecord } from '../../src/api/records/pod-record.ts';
import type { GangDecision } from '../../src/scheduler/session/decision.ts';
import { brokenRule, canServe, cutsOf } from '../support/card-judge.ts';
import { cardPod, cardPolicy, podCards, sharedNode, vgpuNode } from '../support/card-records.ts';
import type { Amounts } from '../support/card-records.ts';
import { makePodGroup } from '../support/records.ts';
import { SchedulerWorld } from '../support/scheduler-world.ts';

/** Steps in all; a million by `SLUICE_CARD_STEPS=1000000`. */
const STEPS = Number(process.env['SLUICE_CARD_STEPS'] ?? 0);
const STEPS_A_RUN = 40;
const RUNS = {
  numRuns: Math.max(30, Math.ceil(STEPS / STEPS_A_RUN)),
  seed: Number(process.env['SLUICE_SEED'] ?? 13),
  endOnFailure: true,
};
const MOST_PODS = 14;

type Way = 'VGPUEnable' | 'GPUSharingEnable' | 'GPUNumberEnable';
/** How vGPUs are kept apart on all nodes, on none, or on some of them. */
type Cut = 'all' | 'none' | 'some';

const MODELS: readonly ModelGeometries[] = [
  {
    models: ['A100'],
    geometries: [
      { group: 'a', profiles: [{ name: '1g', memory: 200, count: 4 }] },
      {
        group: 'b',
        profiles: [
          { name: '2g', memory: 400, count: 1 },
          { name: '1g', memory: 200, count: 2 },
        ],
      },
      { group: 'c', profiles: [{ name: '7g', memory: 800, count: 1 }] },
    ],
  },
];

const vgpu: fc.Arbitrary<Amounts> = fc.record(
  {
    'vgpu-number': fc.constantFrom(1, 1, 2),
    'vgpu-memory': fc.constantFrom(100, 400, 600),
    'vgpu-cores': fc.constantFrom(0, 20, 50, 100),
  },
  { requiredKeys: ['vgpu-number'] },
);
const CONTAINERS: Readonly<Record<Way, fc.Arbitrary<Amounts>>> = {
  VGPUEnable: fc.oneof(
    { weight: 4, arbitrary: vgpu },
    {
      weight: 1,
      arbitrary: fc.record({ 'vgpu-number': fc.constant(1), 'vgpu-memory-percentage': fc.constantFrom(30, 50, 70) }),
    },
    { weight: 1, arbitrary: fc.constant({} as Amounts) },
  ),
  GPUSharingEnable: fc.record({ 'gpu-memory': fc.constantFrom(100, 400, 700) }),
  GPUNumberEnable: fc.record({ 'gpu-number': fc.constantFrom(1, 1, 2) }),
};

type Step =
  | { readonly kind: 'arrive'; readonly members: readonly (readonly Amounts[])[]; readonly isGang: boolean }
  /** What happens to one of the pods, or to one of the nodes, by number. */
  | {
      readonly kind: 'see' | 'fail' | 'leave' | 'strip' | 'foreign' | 'break' | 'restart' | 'relearn';
      readonly which: number;
    };

const way: fc.Arbitrary<Way> = fc.constantFrom('VGPUEnable', 'VGPUEnable', 'GPUSharingEnable', 'GPUNumberEnable');

const story = way.chain((by) => {
  const member = fc.array(CONTAINERS[by], { minLength: 1, maxLength: by === 'VGPUEnable' ? 3 : 1 });
  const arrive = fc.record({
    kind: fc.constant('arrive' as const),
    members: fc.array(member, { minLength: 1, maxLength: 3 }),
    isGang: fc.boolean(),
  });
  const other = fc.record({
    kind: fc.constantFrom(
      ...(['see', 'see', 'see', 'fail', 'leave', 'leave', 'strip', 'foreign', 'break', 'restart', 'relearn'] as const),
    ),
    which: fc.nat(1000),
  });
  const step: fc.Arbitrary<Step> = fc.oneof({ weight: 2, arbitrary: arrive }, { weight: 3, arbitrary: other });
  return fc.record({
    by: fc.constant(by),
    policy: fc.constantFrom('binpack', 'spread'),
    cut: fc.constantFrom<Cut>('all', 'none', 'some'),
    steps: fc.array(step, { minLength: STEPS_A_RUN, maxLength: STEPS_A_RUN }),
  });
});

/** A cluster whose cards are accounted for by a list, beside the scheduler that is judged by it. */
class CardStory {
  readonly #by: Way;
  readonly #policy: string;
  #world: SchedulerWorld;
  readonly #nodes: NodeRecord[];
  readonly #pods = new Map<string, PodRecord>();
  /** Decided, and not seen yet. */
  readonly #binding = new Map<string, { readonly node: string; readonly cards: CardChoice }>();
  /** What each pod has of its node, by the judge's own account. */
  readonly #held = new Map<string, { readonly node: string; readonly parts: readonly CardPart[] }>();
  readonly #groups = new Map<string, number>();
  #made = 0;
  /** How cards are cut, as the scheduler was told. */
  #models = MODELS;

  constructor({ by, policy, cut }: { readonly by: Way; readonly policy: string; readonly cut: Cut }) {
    this.#by = by;
    this.#policy = policy;
    this.#nodes =
      by === 'VGPUEnable'
        ? [
            vgpuNode(
              'n1',
              [
                { memory: 1000, sharers: 3 },
                { memory: 600, sharers: 2 },
              ],
              cut === 'all' ? 'mig' : 'hami-core',
            ),
            vgpuNode(
              'n2',
              [
                { memory: 800, sharers: 4 },
                { memory: 800, sharers: 4 },
                // Instances have no more memory than the cards that are cut: else the node would be full before they are.
                { memory: cut === 'none' ? 400 : 800, sharers: 1 },
              ],
              cut === 'none' ? 'hami-core' : 'mig',
            ),
          ]
        : [sharedNode('n1', 2, 1000), sharedNode('n2', 3, 800)];
    this.#world = this.#start();
  }

  do(step: Step): void {
    if (step.kind === 'arrive') this.#arrive(step.members, step.isGang);
    else if (step.kind === 'restart') this.#world = this.#start();
    else if (step.kind === 'break') this.#break(step.which);
    else if (step.kind === 'foreign') this.#foreign(step.which);
    else if (step.kind === 'relearn') this.#learn(this.#world, this.#models.length === 0 ? MODELS : []);
    else this.#change(step.kind, step.which);
    this.#cycle();
  }

  /** A process that knows what the API server knows: bindings on their way did not happen. */
  #start(): SchedulerWorld {
    const world = new SchedulerWorld(cardPolicy({ [this.#by]: true, SchedulePolicy: this.#policy, ScheduleWeight: 1 }));
    for (const uid of this.#binding.keys()) this.#held.delete(uid);
    this.#binding.clear();
    for (const node of this.#nodes) world.snapshot.upsertNode(node);
    this.#learn(world, this.#models);
    for (const [group, size] of this.#groups) world.snapshot.upsertJob(makePodGroup(group, size));
    for (const pod of this.#pods.values()) world.snapshot.upsertTask(pod);
    return world;
  }

  #learn({ snapshot }: SchedulerWorld, models: readonly ModelGeometries[]): void {
    this.#models = models;
    snapshot.learnGeometries({ source: 'test', models });
  }

  #arrive(members: readonly (readonly Amounts[])[], isGang: boolean): void {
    if (this.#pods.size > MOST_PODS) return;
    this.#made += 1;
    const group = `g${this.#made}`;
    const size = isGang ? members.length : 1;
    this.#groups.set(group, size);
    this.#world.snapshot.upsertJob(makePodGroup(group, size));
    members.forEach((containers, i) => this.#put(cardPod(`${group}-${i}`, group, containers)));
  }

  #put(pod: PodRecord): void {
    this.#pods.set(pod.uid, pod);
    this.#world.snapshot.upsertTask(pod);
  }

  /** Somebody else binds a pod, within what is free. */
  #foreign(which: number): void {
    const node = this.#nodes[which % this.#nodes.length];
    const card = node?.cards?.cards[0];
    if (node === undefined || card === undefined || node.cards?.scheme !== 'vgpu') return;
    const whole = { card: card.id, memory: 100 + (which % 3) * 100, cores: 10 };
    const instance = { group: 'abc'.charAt(which % 3), position: which % 4 };
    const part = node.cards.mode === 'mig' ? { ...whole, instance } : whole;
    if (brokenRule(node.cards, [...this.#heldOn(node.name), part], MODELS) !== undefined) return;
    this.#made += 1;
    const annotations = cardAnnotations('vgpu', [[part]], { node: node.name, nowMs: 0 });
    const containers = [{ 'vgpu-number': 1, 'vgpu-memory': part.memory, 'vgpu-cores': 10 }];
    const seen = { nodeName: node.name, phase: 'Running' as const, schedulerName: 'other' };
    const pod = cardPod(`f${this.#made}`, '', containers, { ...seen, cards: podCards(containers, annotations) });
    this.#held.set(pod.uid, { node: node.name, parts: [part] });
    this.#put(pod);
  }

  /** A card breaks, or is mended. */
  #break(which: number): void {
    const at = which % this.#nodes.length;
    const node = this.#nodes[at];
    if (node?.cards === undefined) return;
    const cards = node.cards.cards.map((card, i) => (i === which % 2 ? { ...card, isHealthy: !card.isHealthy } : card));
    const changed = { ...node, cards: { ...node.cards, cards } };
    this.#nodes[at] = changed;
    this.#world.snapshot.upsertNode(changed);
  }

  #change(kind: 'see' | 'fail' | 'leave' | 'strip', which: number): void {
    const uids = kind === 'see' || kind === 'fail' ? [...this.#binding.keys()] : [...this.#held.keys()];
    const uid = uids[which % Math.max(1, uids.length)];
    const pod = uid === undefined ? undefined : this.#pods.get(uid);
    if (uid === undefined || pod === undefined) return;
    const bound = this.#binding.get(uid);
    if (kind === 'leave') {
      this.#pods.delete(uid);
      this.#binding.delete(uid);
      this.#held.delete(uid);
      this.#world.snapshot.removeTask(uid);
    } else if (kind === 'fail') {
      this.#binding.delete(uid);
      this.#held.delete(uid);
      this.#world.snapshot.forget(uid);
    } else if (bound !== undefined && kind === 'see') {
      this.#binding.delete(uid);
      this.#put({
        ...pod,
        nodeName: bound.node,
        phase: 'Running',
        cards: { wish: pod.cards?.wish, held: bound.cards },
      });
    } else if (kind === 'strip' && pod.nodeName !== '') {
      // Told to this process only: a later one could not know what it had.
      this.#world.snapshot.upsertTask({ ...pod, cards: { wish: pod.cards?.wish, held: [] } });
    }
  }

  #cycle(): void {
    const { decisions } = this.#world.cycle();
    const gangs = decisions.filter((decision): decision is GangDecision => decision.kind === 'gang');
    for (const { uid, node, cards = [] } of gangs.flatMap(({ binds }) => binds)) {
      const wish = this.#pods.get(uid)?.cards?.wish;
      const parts = cards.flat();
      if (wish === undefined) expect(parts).to.have.length(0);
      else this.#judge(wish, node, cards);
      this.#binding.set(uid, { node, cards });
      this.#held.set(uid, { node, parts });
    }
    for (const { uid, nodeName, cards, group } of this.#pods.values()) {
      const isAlone = this.#groups.get(group) === 1;
      if (nodeName !== '' || this.#binding.has(uid) || cards?.wish === undefined || !isAlone) continue;
      for (const node of this.#nodes) this.#isFull(cards.wish, node, uid);
    }
  }

  #judge(wish: CardWish, name: string, cards: CardChoice): void {
    const node = this.#nodes.find((each) => each.name === name)?.cards;
    const parts = cards.flat();
    const ids = new Set(parts.map(({ card }) => card));
    const held = this.#heldOn(name).filter(({ card }) => ids.has(card));
    expect(brokenRule(node, [...held, ...parts], this.#models)).to.equal(undefined);
    for (const { card: id, memory, instance } of parts) {
      const card = node?.cards.find((each) => each.id === id);
      const cuts = card && cutsOf(card, this.#models);
      if (node?.mode === 'mig') expect(memory).to.equal(cuts?.get(instance?.group ?? '')?.[instance?.position ?? -1]);
    }
    wish.requests.forEach((request, at) => {
      for (const { memory } of cards[at] ?? []) expect(memory).to.be.at.least(request.memory);
    });
    expect(node?.cards.filter(({ id, isHealthy }) => ids.has(id) && !isHealthy)).to.deep.equal([]);
    expect(cards.map((each) => new Set(each.map(({ card }) => card)).size)).to.deep.equal(
      wish.requests.map(({ count }) => count),
    );
  }

  #isFull(wish: CardWish, node: NodeRecord, uid: string): void {
    const held = this.#heldOn(node.name);
    // A card that broke still holds what its pods were given.
    const isRoomy = canServe(wish, node.cards, held, this.#models);
    if (isRoomy) expect.fail(`${uid} could have its cards on ${node.name}: ${JSON.stringify([wish.requests, held])}`);
  }

  #heldOn(name: string): readonly CardPart[] {
    return [...this.#held.values()].flatMap(({ node, parts }) => (node === name ? parts : []));
  }
}

describe('cards under random loads', () => {
  it('are never given to more than they hold, and nobody waits beside cards that would do', function () {
    this.timeout(Math.max(120_000, STEPS * 5));
    fc.assert(
      fc.property(story, ({ steps, ...settings }) => {
        const cluster = new CardStory(settings);
        for (const step of steps) cluster.do(step);
      }),
      RUNS,
    );
  });
});
