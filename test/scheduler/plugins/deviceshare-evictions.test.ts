import { expect } from 'chai';
import fc from 'fast-check';
import { partId } from '../../../src/api/cards/choice-text.ts';
import type { CardInstance, CardPart } from '../../../src/api/records/card-records.ts';
import type { NodeRecord } from '../../../src/api/records/node-record.ts';
import { cardPod, cardPolicy, podCards, vgpuNode } from '../../support/card-records.ts';
import type { Amounts } from '../../support/card-records.ts';
import { evicted, leave } from '../../support/evicting-world.ts';
import { A100, A100_GEOMETRIES } from '../../support/mig-geometries.ts';
import { SchedulerWorld } from '../../support/scheduler-world.ts';

const RUNS = Number(process.env['SLUICE_PROPERTY_RUNS'] ?? 60);
const TWO = [{ memory: 1000 }, { memory: 1000 }];

function worldOf(nodes: readonly NodeRecord[]): SchedulerWorld {
  const made = new SchedulerWorld({
    ...cardPolicy({ VGPUEnable: true }),
    actions: ['enqueue', 'allocate', 'backfill', 'preempt'],
  });
  for (const [name, value] of [
    ['low', 1],
    ['high', 10],
  ] as const) {
    made.snapshot.setPriorityClass({ name, value, isGlobalDefault: false, isPatient: false });
  }
  for (const node of nodes) made.snapshot.upsertNode(node);
  return made;
}

const asking = (memory: number): Amounts => ({ 'vgpu-number': 1, 'vgpu-memory': memory });

interface Holding {
  readonly card: number;
  readonly memory: number;
  readonly priority?: string;
  readonly instance?: CardInstance;
}

/** A pod in a group of its own that runs with a part of a card. */
function runs(
  on: SchedulerWorld,
  name: string,
  node: string,
  { card, memory, priority = 'low', ...more }: Holding,
): void {
  on.group(name, 1, { priorityClassName: priority, phase: 'Running' });
  const asked = [asking(memory)];
  const held: readonly CardPart[] = [{ card: `${node}-${card}`, memory, cores: 0, ...more }];
  const wish = podCards(asked)?.wish;
  on.snapshot.upsertTask(
    cardPod(name, name, asked, { nodeName: node, phase: 'Running', cards: { wish, held: [held] } }),
  );
}

function asks(on: SchedulerWorld, name: string, memories: readonly number[], overrides = {}): void {
  on.group(name, memories.length, { priorityClassName: 'high', ...overrides });
  memories.forEach((memory, at) => on.snapshot.upsertTask(cardPod(`${name}-${at}`, name, [asking(memory)])));
}

describe('evictions for parts of cards', () => {
  it('take those of one card, and nobody whose card would not do then', () => {
    const on = worldOf([vgpuNode('n1', TWO)]);
    runs(on, 'a', 'n1', { card: 0, memory: 300 });
    runs(on, 'b', 'n1', { card: 0, memory: 300 });
    runs(on, 'c', 'n1', { card: 1, memory: 500 });
    runs(on, 'stays', 'n1', { card: 1, memory: 200, priority: 'high' });
    asks(on, 'high', [900]);
    const outcome = on.cycle();
    expect([evicted(outcome), outcome.pipelined]).to.deep.equal([['a', 'b'], { 'high-0': 'n1' }]);
  });

  it('do not happen where enough is freed only in sum', () => {
    const on = worldOf([vgpuNode('n1', TWO)]);
    for (const card of [0, 1]) {
      runs(on, `low-${card}`, 'n1', { card, memory: 500 });
      runs(on, `stays-${card}`, 'n1', { card, memory: 500, priority: 'high' });
    }
    asks(on, 'high', [600]);
    expect(evicted(on.cycle())).to.deep.equal([]);
  });

  it('give the members of a gang different cards, are not repeated, and keep them from whoever comes meanwhile', () => {
    const on = worldOf([vgpuNode('n1', TWO)]);
    for (const card of [0, 1]) runs(on, `low-${card}`, 'n1', { card, memory: 600 });
    asks(on, 'high', [800, 800]);
    const first = on.cycle();
    expect(evicted(first)).to.deep.equal(['low-0', 'low-1']);
    on.queue('other');
    asks(on, 'next', [600], { queue: 'other' });
    const between = on.cycle();
    expect([evicted(between), between.placed]).to.deep.equal([[], {}]);
    leave(on, first);
    const last = on.cycle();
    expect(last.placed).to.deep.equal({ 'high-0': 'n1', 'high-1': 'n1' });
    const binds = last.decisions.flatMap((decision) => (decision.kind === 'gang' ? decision.binds : []));
    const cards = binds.flatMap((bind) => bind.cards?.flat() ?? []).map(({ card }) => card);
    expect(cards.toSorted()).to.deep.equal(['n1-0', 'n1-1']);
  });

  it('take all of a card that is cut too finely, or one where only the size is missing, and keep what comes free', () => {
    const small = (on: SchedulerWorld, name: string, card: number, group: string, position: number): void => {
      runs(on, name, 'n1', { card, memory: 9728, instance: { group, position } });
    };
    for (const { asked, gone, given } of [
      { asked: 15_000, gone: ['fine-2'], given: 'n1-1[group2-1]' },
      { asked: 30_000, gone: ['fine-0', 'fine-1'], given: 'n1-0[group3-0]' },
    ]) {
      const on = worldOf([vgpuNode('n1', [A100, A100], 'mig')]);
      on.snapshot.learnGeometries({ source: 'test', models: A100_GEOMETRIES });
      small(on, 'fine-0', 0, 'group1', 5);
      small(on, 'fine-1', 0, 'group1', 0);
      for (const position of [0, 1, 2]) {
        const priority = position === 1 && asked === 15_000 ? 'low' : 'high';
        const name = position === 1 ? 'fine-2' : `stays-${position}`;
        runs(on, name, 'n1', { card: 1, memory: 19_968, instance: { group: 'group2', position }, priority });
      }
      asks(on, 'high', [asked]);
      const first = on.cycle();
      expect([evicted(first), first.pipelined]).to.deep.equal([gone, { 'high-0': 'n1' }]);
      on.queue('other');
      asks(on, 'next', [15_000], { queue: 'other' });
      expect(on.cycle().placed).to.deep.equal({});
      leave(on, first);
      const last = on.cycle();
      const binds = last.decisions.flatMap((decision) => (decision.kind === 'gang' ? decision.binds : []));
      const instances = binds.flatMap(({ pod, cards = [] }) => cards.flat().map((part) => `${pod} ${partId(part)}`));
      expect(instances).to.include(`ns/high-0 ${given}`);
    }
  });

  it('are of one member where one is enough for all', () => {
    const on = worldOf([vgpuNode('n1', TWO)]);
    runs(on, 'low', 'n1', { card: 0, memory: 1000 });
    runs(on, 'stays', 'n1', { card: 1, memory: 900, priority: 'high' });
    asks(on, 'high', [500, 500]);
    expect(evicted(on.cycle())).to.deep.equal(['low']);
  });

  it('happen exactly where they can help, and take nobody who could stay', () => {
    const holder = fc.record({
      card: fc.nat(1),
      memory: fc.constantFrom(100, 300, 500),
      priority: fc.constantFrom('low', 'high'),
    });
    const nodes = fc.array(fc.array(holder, { minLength: 2, maxLength: 6 }), { minLength: 1, maxLength: 2 });
    let some = 0;
    fc.assert(
      fc.property(nodes, fc.constantFrom(400, 700, 1000), (cluster, wanted) => {
        const on = worldOf(cluster.map((_, n) => vgpuNode(`n${n}`, TWO)));
        const held = cluster.flatMap((pods, n) => {
          const free = [1000, 1000];
          return pods.flatMap((each, at) => {
            if ((free[each.card] ?? 0) < each.memory) return [];
            free[each.card] = (free[each.card] ?? 0) - each.memory;
            const name = `p${n}-${at}`;
            runs(on, name, `n${n}`, each);
            return [{ ...each, name, at: `n${n} ${each.card}` }];
          });
        });
        asks(on, 'high', [wanted]);
        const all = cluster.flatMap((_, n) => [`n${n} 0`, `n${n} 1`]);
        const roomOn = (card: string, without: (name: string, priority: string) => boolean): number =>
          held.reduce(
            (left, one) => (one.at === card && !without(one.name, one.priority) ? left - one.memory : left),
            1000,
          );
        const fits = all.some((card) => roomOn(card, () => false) >= wanted);
        const mayFit = all.some((card) => roomOn(card, (_, priority) => priority === 'low') >= wanted);
        const outcome = on.cycle();
        const gone = evicted(outcome);
        expect(Object.keys(outcome.placed)).to.deep.equal(fits ? ['high-0'] : []);
        expect(gone.length > 0).to.equal(!fits && mayFit);
        if (gone.length === 0) return;
        some += 1;
        const room = (names: readonly string[]): boolean =>
          all.some((card) => roomOn(card, (name) => names.includes(name)) >= wanted);
        expect(room(gone)).to.equal(true);
        for (const name of gone) expect(room(gone.filter((one) => one !== name))).to.equal(false);
      }),
      { numRuns: RUNS },
    );
    expect(some).to.be.greaterThan(5);
  });
});
