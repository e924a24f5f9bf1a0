import { expect } from 'chai';
import fc from 'fast-check';

import { readPolicy } from '../../../src/config/read-policy.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { GangDecision } from '../../../src/scheduler/session/decision.ts';
import { cardPod, cardPolicy, vgpuNode } from '../../support/card-records.ts';
import { evicted, leave } from '../../support/evicting-world.ts';
import { SchedulerWorld } from '../../support/scheduler-world.ts';

const RUNS = Number(process.env['SLUICE_PROPERTY_RUNS'] ?? 40);
const RULES = 'kind=training;kind=batch,level=high';
const PART = { 'vgpu-number': 1, 'vgpu-memory': 200, 'vgpu-cores': 10 };
const TRAINING = ['kind', 'training'];
const BATCH = ['kind', 'batch', 'level', 'high'];
/** Of no rule: one of its labels alone. */
const OTHER = ['kind', 'batch'];

function world(cards: number, rules = RULES): SchedulerWorld {
  const on = new SchedulerWorld(
    cardPolicy({ VGPUEnable: true, ...(rules === '' ? {} : { GPUExclusiveRules: rules }) }),
  );
  on.snapshot.upsertNode(
    vgpuNode(
      'n1',
      Array.from({ length: cards }, () => ({ memory: 1000 })),
    ),
  );
  return on;
}

function ask(
  on: SchedulerWorld,
  name: string,
  labels: readonly string[],
  number = 1,
  more: Partial<PodRecord> = {},
): void {
  on.group(name, 1);
  on.snapshot.upsertTask(cardPod(name, name, [{ ...PART, 'vgpu-number': number }], { labels, ...more }));
}

/** Cards by pod. */
function cardsOf(on: SchedulerWorld): Readonly<Record<string, readonly string[]>> {
  const gangs = on.cycle().decisions.filter((decision): decision is GangDecision => decision.kind === 'gang');
  const binds = gangs.flatMap((gang) => gang.binds);
  return Object.fromEntries(binds.map(({ pod, cards = [] }) => [pod.slice(3), cards.flat().map(({ card }) => card)]));
}

describe('Pods that share no card with each other', () => {
  it('get cards of their own, whatever the rule, and others join them', () => {
    const on = world(2);
    ask(on, 'a', TRAINING);
    ask(on, 'b', BATCH);
    ask(on, 'c', OTHER);
    ask(on, 'd', []);
    expect(cardsOf(on)).to.deep.equal({ a: ['n1-0'], b: ['n1-1'], c: ['n1-0'], d: ['n1-0'] });
  });

  it('wait where each card has one of them, and are told so', () => {
    const on = world(3);
    ask(on, 'a', TRAINING, 2);
    ask(on, 'b', BATCH, 2);
    const { placed, refused } = on.cycle();
    expect(placed).to.deep.equal({ a: 'n1' });
    expect(refused['b']).to.contain(
      '2 cards (200 memory, 10 cores, nobody on it who shares none either) free (at most 1 on one node',
    );
  });

  it('count when others placed them, and are free again when they go', () => {
    const on = world(1);
    ask(on, 'foreign', TRAINING, 1, { nodeName: 'n1', phase: 'Running', schedulerName: 'other' });
    const task = on.snapshot.tasks.get('uid-foreign');
    const cards = task?.record.cards && { ...task.record.cards, held: [[{ card: 'n1-0', memory: 200, cores: 10 }]] };
    if (task !== undefined) on.snapshot.upsertTask({ ...task.record, cards });
    on.snapshot.removeTask('uid-foreign');
    if (task !== undefined) on.snapshot.upsertTask({ ...task.record, cards });
    ask(on, 'a', TRAINING);
    expect(cardsOf(on)).to.deep.equal({});
    on.snapshot.removeTask('uid-foreign');
    expect(cardsOf(on)).to.deep.equal({ a: ['n1-0'] });
  });

  it('let others of them go, and nobody who may stay', () => {
    const policy = cardPolicy({ VGPUEnable: true, GPUExclusiveRules: RULES });
    const on = new SchedulerWorld({ ...policy, actions: ['enqueue', 'allocate', 'backfill', 'preempt'] });
    on.snapshot.setPriorityClass({ name: 'high', value: 10, isGlobalDefault: false, isPatient: false });
    on.snapshot.upsertNode(vgpuNode('n1', [{ memory: 1000 }]));
    for (const [name, labels] of Object.entries({ plain: OTHER, low: TRAINING })) {
      ask(on, name, labels);
      const held = [[{ card: 'n1-0', memory: 200, cores: 10 }]];
      const { cards, ...pod } = on.snapshot.tasks.get(`uid-${name}`)?.record ?? cardPod(name, name, []);
      const stands = { nodeName: 'n1', phase: 'Running' } as const;
      on.snapshot.upsertTask({ ...pod, ...stands, cards: cards && { ...cards, held } });
    }
    on.group('high', 1, { priorityClassName: 'high' });
    on.snapshot.upsertTask(cardPod('high', 'high', [PART], { labels: BATCH }));
    const outcome = on.cycle();
    expect(evicted(outcome)).to.deep.equal(['low']);
    leave(on, outcome);
    expect(cardsOf(on)).to.deep.equal({ high: ['n1-0'] });
  });

  it('share cards as all others do where no rule is told', () => {
    const on = world(2, '');
    ask(on, 'a', TRAINING);
    ask(on, 'b', TRAINING);
    expect(cardsOf(on)).to.deep.equal({ a: ['n1-0'], b: ['n1-0'] });
  });

  it('never meet on a card, whatever comes and goes', () => {
    const steps = fc.array(
      fc.record({
        kind: fc.constantFrom(TRAINING, BATCH, OTHER),
        number: fc.integer({ min: 1, max: 2 }),
        goes: fc.nat(9),
      }),
      { maxLength: 25 },
    );
    fc.assert(
      fc.property(steps, (all) => {
        const on = world(3);
        const has = new Map<string, readonly string[]>();
        const exclusive = new Set<string>();
        all.forEach(({ kind, number, goes }, at) => {
          ask(on, `p${at}`, kind, number);
          if (kind !== OTHER) exclusive.add(`p${at}`);
          for (const [pod, cards] of Object.entries(cardsOf(on))) has.set(pod, cards);
          const taken = [...has].filter(([pod]) => exclusive.has(pod)).flatMap(([, cards]) => cards);
          expect(new Set(taken).size).to.equal(taken.length);
          const gone = `p${at - goes}`;
          on.snapshot.removeTask(`uid-${gone}`);
          has.delete(gone);
        });
        for (const uid of on.snapshot.tasks.keys()) on.snapshot.removeTask(uid);
        expect(on.snapshot.devices.usesOf(0)).to.equal(undefined);
      }),
      { numRuns: RUNS },
    );
  });

  const POLICIES: readonly (readonly [what: string, rules: unknown, isOn: boolean, error: RegExp | undefined])[] = [
    ['as Volcano writes them', [{ kind: 'training' }, { kind: 'batch', level: 1 }], true, undefined],
    ['as one text', 'kind=training', true, undefined],
    ['that are no list', { kind: 'training' }, true, /must be a list of maps of labels, none of them empty/],
    ['of which one is empty', [{}], true, /must be a list of maps of labels, none of them empty/],
    ['without vGPUs', [{ kind: 'training' }], false, /does nothing without deviceshare.VGPUEnable/],
  ];
  for (const [what, rules, isOn, error] of POLICIES) {
    it(`are read from rules ${what}`, () => {
      const given = { 'deviceshare.VGPUEnable': isOn, 'deviceshare.GPUExclusiveRules': rules };
      const plugins = ['priority', 'gang', 'predicates', 'proportion'].map((name) => ({ name }));
      const read = readPolicy({
        actions: 'enqueue, allocate, backfill',
        tiers: [{ plugins: [...plugins, { name: 'deviceshare', arguments: given }] }],
      });
      const problems = read.kind === 'errors' ? JSON.stringify(read.errors) : '';
      expect(problems).to.match(error ?? /^$/);
    });
  }
});
