import { expect } from 'chai';
import { plugin } from '../../../src/config/policy.ts';
import type { ActionName, SchedulerPolicy } from '../../../src/config/policy.ts';
import type { AskedPod, Verdict } from '../../../src/scheduler/ledger/outside-rounds.ts';
import {
  evicted,
  policy as evicting,
  runs,
  WHOLE_GANGS_GO,
  world as freshWorld,
} from '../../support/evicting-world.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { amounts } from '../../support/scheduler-world.ts';
import type { SchedulerWorld } from '../../support/scheduler-world.ts';

type Options = Readonly<Record<string, string>>;
type Program = (victim: AskedPod) => Verdict;

const PREEMPTABLE = { 'extender.urlPrefix': 'http://host', 'extender.preemptableVerb': 'may' };
const RECLAIMABLE = { 'extender.urlPrefix': 'http://host', 'extender.reclaimableVerb': 'may' };
const YES: Verdict = { kind: 'yes', score: 0 };
const NO: Verdict = { kind: 'no' };

function policy(action: ActionName, options: Options): SchedulerPolicy {
  const made = evicting(action);
  const [first = [], ...others] = made.tiers;
  return { ...made, tiers: [[plugin('extender', options), ...first], ...others] };
}

/** Four single pods on one full node, and one more important that waits. */
function full(options: Options = PREEMPTABLE): SchedulerWorld {
  const on = freshWorld(policy('preempt', options));
  for (let v = 0; v < 4; v += 1) runs(on, `v${v}`, { n1: 1 }, { minMember: 1 });
  return on.gang('high', { count: 1, requests: amounts(1) }, { priorityClassName: 'high' });
}

/** Answers what is asked; the names of those asked about. */
function answer(on: SchedulerWorld, program: Program): string[] {
  return on.snapshot.outsideVictims.take().flatMap((round) => {
    if (round.subject.kind !== 'victims') throw new Error('Nobody else is asked about');
    const about = [...round.subject.about];
    on.snapshot.outsideVictims.answered(round, new Map(about.map(([key, pod]) => [key, program(pod)])), on.nowMs);
    return about.map(([, { record }]) => record.name).toSorted();
  });
}

describe('extender: victims', () => {
  const CASES: readonly (readonly [string, Options, Program, readonly string[]])[] = [
    ['evicts whom the program names', PREEMPTABLE, ({ record }) => (record.name === 'v2-0' ? YES : NO), ['v2-0']],
    ['evicts nobody when it names nobody', PREEMPTABLE, () => NO, []],
    ['leaves it to other plugins when it has no opinion', PREEMPTABLE, () => ({ kind: 'abstains' }), ['v3-0']],
    ['evicts nobody while it cannot be asked', PREEMPTABLE, () => ({ kind: 'failed', why: 'nobody is there' }), []],
    [
      'leaves it to other plugins after a failure when it is told to',
      { ...PREEMPTABLE, 'extender.ignorable': 'true' },
      () => ({ kind: 'failed', why: 'nobody is there' }),
      ['v3-0'],
    ],
  ];
  for (const [name, options, program, want] of CASES) {
    it(name, () => {
      const on = full(options);
      expect(withoutAmbient(() => evicted(on.cycle()))).to.deep.equal([]);
      expect(answer(on, program)).to.have.length(4);
      expect(evicted(on.cycle())).to.deep.equal(want);
    });
  }

  it('asks once about all that could go, for whom, and where', () => {
    const on = full();
    on.cycle();
    const [round, ...others] = on.snapshot.outsideVictims.take();
    expect(others).to.deep.equal([]);
    expect(round?.subject).to.deep.include({ kind: 'victims', url: 'http://host/may' });
    expect(round?.subject.pod.record.name).to.equal('high-0');
    const places = round?.subject.kind === 'victims' ? [...round.subject.about.values()].map(({ node }) => node) : [];
    expect(places).to.deep.equal(['n1', 'n1', 'n1', 'n1']);
  });

  it('asks nobody twice while nothing changes', () => {
    const on = full();
    on.cycle();
    answer(on, () => NO);
    on.cycle();
    expect(answer(on, () => NO)).to.deep.equal([]);
  });

  it('asks anew for a group once a pod went for it, and it still lacks room', () => {
    const on = full();
    on.cycle();
    answer(on, () => YES);
    expect(evicted(on.cycle())).to.deep.equal(['v3-0']);
    on.snapshot.removeTask('uid-v3-0');
    // Another scheduler was faster.
    runs(on, 'other', { n1: 1 }, { minMember: 1 });
    expect(evicted(on.cycle())).to.deep.equal([]);
    expect(answer(on, () => YES)).to.deep.equal(['other-0', 'v0-0', 'v1-0', 'v2-0']);
  });

  it('evicts no gang of which the program keeps a member', () => {
    const on = freshWorld(policy('preempt', PREEMPTABLE), 2);
    runs(on, 'gang', { n1: 4, n2: 4 });
    on.gang('high', { count: 1, requests: amounts(1) }, { priorityClassName: 'high' });
    for (let cycle = 0; cycle < 5; cycle += 1) {
      expect(evicted(on.cycle())).to.deep.equal([]);
      answer(on, ({ record }) => (record.name === 'gang-7' ? NO : YES));
    }
  });

  it('is asked about pods of other queues by the other verb', () => {
    const on = freshWorld(policy('reclaim', RECLAIMABLE)).queue('owed');
    for (let v = 0; v < 4; v += 1) runs(on, `v${v}`, { n1: 1 }, { minMember: 1 });
    on.gang('g', { count: 1, requests: amounts(1) }, { queue: 'owed' });
    expect(evicted(on.cycle())).to.deep.equal([]);
    expect(answer(on, ({ record }) => (record.name === 'v3-0' ? YES : NO))).to.have.length.above(0);
    expect(evicted(on.cycle())).to.deep.equal(['v3-0']);
  });

  /** Where the program stands, how `preempt` counts votes, and whether it is asked. */
  const PLACES: readonly (readonly [string, 'first' | 'last', string, number])[] = [
    ['is asked in the tier in which others vote', 'first', 'tiers', 4],
    ['is not asked behind a tier that has named somebody', 'last', 'tiers', 0],
    ['is not asked there as Volcano counts, either', 'last', 'volcano', 0],
    ['is asked there where all have to agree', 'last', 'all', 4],
  ];
  for (const [name, place, votes, asked] of PLACES) {
    it(name, () => {
      const made = evicting('preempt');
      const outside = plugin('extender', PREEMPTABLE);
      const [first = [], ...others] = made.tiers;
      const tiers = place === 'first' ? [[...first, outside], ...others] : [first, ...others, [outside]];
      const on = freshWorld({ ...made, tiers, actionArguments: new Map([['preempt', new Map([['votes', votes]])]]) });
      for (let v = 0; v < 4; v += 1) runs(on, `v${v}`, { n1: 1 }, { minMember: 1 });
      on.gang('high', { count: 1, requests: amounts(1) }, { priorityClassName: 'high' });
      const gone = evicted(on.cycle());
      expect([answer(on, () => NO).length, gone]).to.deep.equal([asked, asked > 0 ? [] : ['v3-0']]);
    });
  }

  it('is asked behind tiers whose plugins abstain', () => {
    const made = evicting('preempt');
    const outside = plugin('extender', PREEMPTABLE);
    const others = made.tiers.slice(1);
    const on = freshWorld({ ...made, tiers: [[WHOLE_GANGS_GO, plugin('conformance')], ...others, [outside]] });
    for (let v = 0; v < 4; v += 1) runs(on, `v${v}`, { n1: 1 }, { minMember: 1 });
    on.gang('high', { count: 1, requests: amounts(1) }, { priorityClassName: 'high' });
    on.cycle();
    expect(answer(on, () => YES)).to.have.length(4);
    expect(evicted(on.cycle())).to.have.length(1);
  });

  it('keeps nothing of groups for which nobody asks any more', () => {
    const on = full();
    on.cycle();
    answer(on, () => NO);
    on.snapshot.removeTask('uid-high-0');
    on.snapshot.removeJob('ns/high');
    on.nowMs = 20_000;
    on.cycle();
    expect(on.snapshot.outsideVictims.size).to.equal(0);
  });
});
