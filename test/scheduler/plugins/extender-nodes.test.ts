import { expect } from 'chai';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import type { AskedNode, Round, Verdict } from '../../../src/scheduler/ledger/outside-rounds.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { amounts, GPU, SchedulerWorld } from '../../support/scheduler-world.ts';
import type { Outcome } from '../../support/scheduler-world.ts';

type Options = Readonly<Record<string, string>>;
type Program = (node: AskedNode) => Verdict;

const PREDICATE = { 'extender.urlPrefix': 'http://host', 'extender.predicateVerb': 'fits' };
const YES: Verdict = { kind: 'yes', score: 0 };
const NO: Verdict = { kind: 'no' };
const FAILED: Verdict = { kind: 'failed', why: 'nobody is there' };

/** Nothing else scores, so that of nodes that will do the lowest name is taken. */
function policy(options: Options): SchedulerPolicy {
  const others = [plugin('priority'), plugin('gang'), plugin('predicates'), plugin('proportion')];
  return { ...DEFAULT_POLICY, tiers: [[...others, plugin('extender', options)]] };
}

function world(options: Options = PREDICATE, nodes = 3): SchedulerWorld {
  return new SchedulerWorld(policy(options)).nodes(nodes, amounts(8));
}

function taken(on: SchedulerWorld): readonly Extract<Round['subject'], { kind: 'nodes' }>[] {
  return rounds(on).flatMap(({ subject }) => (subject.kind === 'nodes' ? [subject] : []));
}

function rounds(on: SchedulerWorld): readonly Round[] {
  return on.snapshot.outsideNodes.take();
}

/** Answers all rounds that are open; the names of the nodes, in the order in which they were asked about. */
function answer(on: SchedulerWorld, program: Program): string[] {
  return rounds(on).flatMap((round) => {
    if (round.subject.kind !== 'nodes') throw new Error('Nobody else is asked about');
    const about = [...round.subject.about];
    on.snapshot.outsideNodes.answered(round, new Map(about.map(([key, node]) => [key, program(node)])), on.nowMs);
    return about.map(([, { record }]) => record.name);
  });
}

/** Cycles with an answer after each, until nothing is asked. */
function settle(on: SchedulerWorld, program: Program): { outcome: Outcome; asked: string[]; cycles: number } {
  const asked: string[] = [];
  for (let cycles = 1; cycles < 30; cycles += 1) {
    const outcome = on.cycle();
    const names = answer(on, program);
    asked.push(...names);
    if (names.length === 0 || Object.keys(outcome.placed).length > 0) return { outcome, asked, cycles };
  }
  throw new Error('It asks for ever');
}

/** Only nodes with less than so many pods, told by what is sent of them. */
function upTo(most: number): Program {
  return ({ pods }) => (pods.length < most ? YES : NO);
}

describe('extender: nodes', () => {
  const one = (on: SchedulerWorld): SchedulerWorld => on.gang('g', { count: 1, requests: amounts(1) });

  const CASES: readonly (readonly [string, Options, Program, string | undefined, RegExp])[] = [
    [
      'places a pod where the program lets it',
      PREDICATE,
      ({ record }) => (record.name === 'n2' ? YES : NO),
      'n2',
      /^$/,
    ],
    [
      'places nothing where it is let nowhere',
      PREDICATE,
      () => NO,
      undefined,
      /3 node\(s\) were refused by the extender/,
    ],
    [
      'waits while the program cannot be asked',
      PREDICATE,
      () => FAILED,
      undefined,
      /^WaitingForExtender: the extender at http:\/\/host cannot be asked: nobody is there/,
    ],
    [
      'uses any node after a failure when it is told to',
      { ...PREDICATE, 'extender.ignorable': 'true' },
      () => FAILED,
      'n1',
      /^$/,
    ],
    [
      'takes the node with the best score',
      PREDICATE,
      ({ record }) => ({ kind: 'yes', score: record.name === 'n3' ? 9 : 1 }),
      'n3',
      /^$/,
    ],
    [
      'passes over nodes that could not be asked about',
      PREDICATE,
      ({ record }) => (record.name === 'n1' ? FAILED : YES),
      'n2',
      /^$/,
    ],
  ];
  for (const [name, options, program, want, told] of CASES) {
    it(name, () => {
      const on = one(world(options));
      const before = withoutAmbient(() => on.cycle());
      expect(before.placed).to.deep.equal({});
      expect(before.refused['g']).to.match(/^WaitingForExtender: the extender at http:\/\/host has not answered yet/);
      expect(answer(on, program)).to.deep.equal(['n1', 'n2', 'n3']);
      const { placed, refused } = on.cycle();
      expect(placed['g-0']).to.equal(want);
      expect(refused['g'] ?? '').to.match(told);
    });
  }

  it('is no reason for who finds no room after a failure that is to be passed over', () => {
    const on = world({ ...PREDICATE, 'extender.ignorable': 'true', 'extender.answersByClass': 'true' });
    on.gang('g', { count: 1, requests: amounts(4) });
    on.cycle();
    expect(answer(on, () => FAILED)).to.deep.equal(['n1', 'n2', 'n3']);
    on.group('used', 0, { phase: 'Running' });
    for (const node of ['n1', 'n2', 'n3']) on.running(`on-${node}`, 'used', node, { requests: amounts(6) });
    expect(on.cycle().refused['g']).to.match(/^NotEnoughResources: 0\/3 nodes are available: 3 Insufficient cpu\./);
  });

  it('says where it is to be asked, within which time, and about whom', () => {
    const on = one(world({ ...PREDICATE, 'extender.prioritizeVerb': 'scores', 'extender.httpTimeout': '250ms' }));
    on.cycle();
    const [round, ...others] = rounds(on);
    expect(others).to.deep.equal([]);
    expect(round).to.deep.include({ timeoutMs: 250 });
    expect(round?.subject).to.deep.include({
      predicateUrl: 'http://host/fits',
      prioritizeUrl: 'http://host/scores',
    });
    expect(round?.subject.pod.record.name).to.equal('g-0');
  });

  it('asks about nodes with room only', () => {
    const on = world()
      .gang('full', { count: 1 })
      .running('full-0', 'full', 'n1', { requests: amounts(8) });
    one(on).cycle();
    expect(answer(on, () => YES)).to.deep.equal(['n2', 'n3']);
  });

  it('asks about pods alone that ask for what the program looks after', () => {
    const on = world({ ...PREDICATE, 'extender.managedResources': `example.com/x, ${GPU}` });
    on.node('gpus', amounts(8, 0, 8));
    expect(on.gang('plain', { count: 1, requests: amounts(1) }).cycle().placed).to.deep.equal({ 'plain-0': 'gpus' });
    on.gang('g', { count: 1, requests: amounts(1, 0, 1) }).cycle();
    expect(answer(on, () => YES)).to.deep.equal(['gpus']);
    expect(on.cycle().placed).to.deep.equal({ 'g-0': 'gpus' });
  });

  it('is asked anew about a node once a pod was placed there, and told of that pod', () => {
    const on = world(PREDICATE, 1)
      .gang('a', { count: 1, requests: amounts(1) })
      .gang('b', { count: 1, requests: amounts(1) });
    on.cycle();
    expect(answer(on, upTo(1))).to.deep.equal(['n1', 'n1']);
    expect(Object.keys(on.cycle().placed)).to.have.length(1);
    const [again] = taken(on);
    expect([...(again?.about.values() ?? [])].map(({ pods }) => pods.map(({ record }) => record.name))).to.deep.equal([
      ['a-0'],
    ]);
  });

  it('never gives out a node twice on one answer, whoever asked for it', () => {
    const on = world(PREDICATE, 4);
    for (let g = 0; g < 4; g += 1) on.gang(`g${g}`, { count: 2, requests: amounts(1) }, { createdMs: g });
    const counts = new Map<string, number>();
    for (let cycle = 0; cycle < 20; cycle += 1) {
      for (const node of Object.values(on.cycle().placed)) counts.set(node, (counts.get(node) ?? 0) + 1);
      answer(on, upTo(1));
    }
    expect([...counts]).to.have.deep.members(['n1', 'n2', 'n3', 'n4'].map((node) => [node, 1]));
  });

  it('places a gang of more pods than nodes, asked step by step about nodes as they would be', () => {
    const { outcome, cycles } = settle(world(PREDICATE, 2).gang('g', { count: 6, requests: amounts(1) }), upTo(3));
    expect(Object.values(outcome.placed).toSorted()).to.deep.equal(['n1', 'n1', 'n1', 'n2', 'n2', 'n2']);
    expect(cycles).to.be.at.most(6);
  });

  it('places nothing of a gang that the program lets in part', () => {
    const on = world(PREDICATE, 2).gang('g', { count: 5, requests: amounts(1) });
    const { outcome } = settle(on, upTo(2));
    expect(outcome.placed).to.deep.equal({});
    expect(outcome.refused['g']).to.match(/^NotEnoughResources/);
  });

  it('asks nobody again while nothing changes, and all again after ten seconds', () => {
    const on = one(world());
    on.cycle();
    answer(on, () => NO);
    const askedAt = (seconds: number): number => {
      on.nowMs = seconds * 1000;
      on.cycle();
      return answer(on, () => NO).length;
    };
    expect([1, 9, 10, 11, 20, 21].map(askedAt)).to.deep.equal([0, 0, 3, 0, 3, 0]);
  });

  it('keeps a yes while it is asked anew, and forgets it when no answer comes', () => {
    const on = one(world(PREDICATE, 1));
    on.cycle();
    answer(on, () => YES);
    const later = (name: string, seconds: number): string | undefined => {
      on.nowMs = seconds * 1000;
      on.snapshot.removeTask('uid-g-0');
      return on.pods('g', { count: 1, requests: amounts(1), prefix: name }).cycle().placed[`${name}-0`];
    };
    expect([later('old', 15), later('gone', 21)]).to.deep.equal(['n1', undefined]);
  });

  it('asks again about a node that became another one', () => {
    const on = one(world(PREDICATE, 1));
    on.cycle();
    answer(on, () => NO);
    on.cycle();
    on.node('n1', amounts(8), { labels: new Map([['fast', 'yes']]) });
    on.cycle();
    expect(answer(on, () => YES)).to.deep.equal(['n1']);
    expect(on.cycle().placed).to.deep.equal({ 'g-0': 'n1' });
  });

  it('asks once for all pods of a class, whatever stands where, when answers hang on nothing else', () => {
    const on = world({ ...PREDICATE, 'extender.answersByClass': 'true' }, 2);
    for (let g = 0; g < 10; g += 1) on.gang(`g${g}`, { count: 1, requests: amounts(1) }, { createdMs: g });
    on.cycle();
    expect(answer(on, ({ record }) => (record.name === 'n2' ? YES : NO))).to.deep.equal(['n1', 'n2']);
    const { placed } = on.cycle();
    expect(Object.values(placed)).to.deep.equal(Array.from({ length: 8 }, () => 'n2'));
    expect(taken(on)).to.deep.equal([]);
  });

  it('asks for a few groups at a time', () => {
    const on = world();
    for (let g = 0; g < 10; g += 1) on.gang(`g${g}`, { count: 1, requests: amounts(1) }, { createdMs: g });
    on.cycle();
    expect(rounds(on)).to.have.length(4);
    expect(rounds(on)).to.have.length(0);
  });

  it('keeps nothing of groups that are gone', () => {
    const on = world();
    for (let g = 0; g < 50; g += 1) {
      on.nowMs += 1000;
      settle(on.gang(`g${g}`, { count: 1, requests: amounts(1) }), () => YES);
      on.snapshot.removeTask(`uid-g${g}-0`);
      on.snapshot.removeJob(`ns/g${g}`);
    }
    expect(on.snapshot.outsideNodes.size).to.be.below(25);
    expect(on.scheduler.framework.pickers).to.be.below(60);
  });
});
