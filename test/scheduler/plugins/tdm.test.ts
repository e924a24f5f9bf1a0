import { expect } from 'chai';
import { MAX_UNAVAILABLE_ANNOTATION, REVOCABLE_ZONE_KEY } from '../../../src/api/keys.ts';
import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { evictions } from '../../support/evicting-world.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';
import type { Outcome } from '../../support/scheduler-world.ts';

const MINUTE_MS = 60_000;
const HOURS = { 'tdm.revocable-zone.night': '22:00-06:00', 'tdm.revocable-zone.noon': '12:00-14:00' };
const REVOCABLE = makeShape(amounts(1), { isRevocable: true });

function policy(options: Readonly<Record<string, string | number>> = {}): SchedulerPolicy {
  const enforcing = [plugin('gang'), plugin('predicates'), plugin('proportion'), plugin('binpack')];
  return {
    ...DEFAULT_POLICY,
    actions: ['enqueue', 'allocate', 'backfill', 'shuffle'],
    tiers: [[plugin('priority'), ...enforcing, plugin('tdm', { ...HOURS, ...options })]],
  };
}

function zone(name: string): { readonly labels: ReadonlyMap<string, string> } {
  return { labels: new Map([[REVOCABLE_ZONE_KEY, name]]) };
}

/** Nodes `n` of zone night, `p` of none; the time is one of a day in UTC. */
function world(at: string, options: Readonly<Record<string, string | number>> = {}): SchedulerWorld {
  const on = new SchedulerWorld(policy(options)).node('n', amounts(8), zone('night')).node('p', amounts(8));
  on.nowMs = timeMs(at);
  return on;
}

function timeMs(at: string): number {
  return Date.parse(`2026-03-01T${at}:00Z`);
}

/** A group with so many pods on the node of zone night. */
function runs(on: SchedulerWorld, name: string, count: number, group: Partial<PodGroupRecord> = {}): void {
  on.group(name, group.minMember ?? 1, { phase: 'Running', ...group });
  for (let i = 0; i < count; i += 1) on.running(`${name}-${i}`, name, 'n', { shape: REVOCABLE, createdMs: i });
}

function gone({ decisions }: Outcome): string[] {
  return evictions(decisions)
    .map(({ pod }) => pod.replace('ns/', ''))
    .toSorted();
}

function cycle(on: SchedulerWorld): Outcome {
  return withoutAmbient(() => on.cycle());
}

describe('nodes of a revocable zone', () => {
  it('are preferred, while the zone is open, by pods that may use them', () => {
    const on = world('23:00').gang('a', { count: 2, shape: REVOCABLE });
    expect(cycle(on).placed).to.deep.equal({ 'a-0': 'n', 'a-1': 'n' });
    const other = world('23:00', { 'tdm.weight': 0 }).running('x', 'x', 'p', { requests: amounts(4) });
    expect(cycle(other.gang('a', { count: 1, shape: REVOCABLE })).placed).to.deep.equal({ 'a-0': 'p' });
  });

  it('are used by no other pods, open or not, and those are told so', () => {
    for (const at of ['23:00', '07:00']) {
      const on = world(at)
        .gang('a', { count: 1, requests: amounts(1) })
        .gang('b', { count: 8, requests: amounts(1) });
      const { placed, refused } = cycle(on);
      expect(new Set(Object.values(placed))).to.deep.equal(new Set(['p']));
      expect(refused['b']).to.include('1 node(s) were of a revocable zone, which the pod may not use');
    }
  });

  it('are used by nobody while the zone is closed, and who may use them at other times is told when', () => {
    const on = world('07:00').gang('a', { count: 9, shape: REVOCABLE });
    const { placed, refused } = cycle(on);
    expect(placed).to.deep.equal({});
    expect(refused['a']).to.include('1 node(s) were of revocable zone night, which is open 22:00-06:00 UTC');
    on.nowMs = timeMs('22:00');
    expect(Object.keys(cycle(on).placed)).to.have.length(9);
  });

  it('are used by nobody when the zone has no hours', () => {
    const on = new SchedulerWorld(policy())
      .node('n', amounts(8), zone('other'))
      .gang('a', { count: 1, shape: REVOCABLE });
    expect(cycle(on).refused['a']).to.include('1 node(s) were of revocable zone other, which has no hours');
  });

  it('are nodes like others when the label is empty', () => {
    const on = new SchedulerWorld(policy())
      .node('n', amounts(8), zone(''))
      .gang('a', { count: 1, requests: amounts(1) });
    expect(cycle(on).placed).to.deep.equal({ 'a-0': 'n' });
    expect(on.scheduler.framework.nextWakeMs()).to.equal(undefined);
  });

  it('close and open with their labels', () => {
    const on = world('07:00').gang('a', { count: 9, shape: REVOCABLE });
    expect(cycle(on).placed).to.deep.equal({});
    on.node('n', amounts(8));
    expect(Object.keys(cycle(on).placed)).to.have.length(9);
  });
});

describe('when a revocable zone closes', () => {
  it('one pod of each group leaves a minute, with the reason, and no pod that others placed there for good', () => {
    const on = world('06:00');
    runs(on, 'a', 3);
    runs(on, 'b', 1, { createdMs: 1 });
    on.group('stays', 1, { phase: 'Running' }).running('stays', 'stays', 'n', { requests: amounts(1) });
    const first = cycle(on);
    expect(gone(first)).to.deep.equal(['a-2', 'b-0']);
    expect(evictions(first.decisions)[0]).to.include({
      code: 'Shuffled',
      message: 'node n is taken back: its revocable zone is closed.',
    });
    on.nowMs += MINUTE_MS - 1;
    expect(gone(cycle(on))).to.deep.equal([]);
    on.nowMs += 1;
    expect(gone(cycle(on))).to.deep.equal(['a-1']);
  });

  it('nobody leaves who stands elsewhere, nor before it closes', () => {
    const on = world('05:59');
    runs(on, 'a', 2);
    on.running('a-p', 'a', 'p', { shape: REVOCABLE, createdMs: 9 });
    expect(gone(cycle(on))).to.deep.equal([]);
    on.nowMs += MINUTE_MS;
    expect(gone(cycle(on))).to.deep.equal(['a-1']);
  });

  const budgets: readonly (readonly [string, string, number, readonly string[]])[] = [
    ['so many leave at once as the group says', '2', 1, ['a-2', 'a-3']],
    ['nobody leaves a group that can spare nobody', '0', 1, []],
    ['a part leaves that is told as a percentage', '75%', 1, ['a-1', 'a-2', 'a-3']],
    ['a gang keeps its minimum', '4', 3, ['a-3']],
    ['a gang leaves as a whole when it can spare nobody', '4', 4, ['a-0', 'a-1', 'a-2', 'a-3']],
    ['a gang stays when fewer may go than it has', '3', 4, []],
    ['a gang of which nobody said how many may go counts as one', '', 4, ['a-0', 'a-1', 'a-2', 'a-3']],
  ];
  for (const [what, most, minMember, expected] of budgets) {
    it(what, () => {
      const on = world('06:00');
      runs(on, 'a', 4, { minMember, hints: new Map([[MAX_UNAVAILABLE_ANNOTATION, most]]) });
      expect(gone(cycle(on))).to.deep.equal(expected);
    });
  }

  it('members of a gang leave other nodes, too, when it leaves as a whole', () => {
    const on = world('06:00');
    runs(on, 'a', 2, { minMember: 3 });
    on.running('a-p', 'a', 'p', { shape: REVOCABLE });
    expect(gone(cycle(on))).to.deep.equal(['a-0', 'a-1', 'a-p']);
  });
});

describe('the next cycle comes by itself', () => {
  const cases: readonly (readonly [string, string, string, Readonly<Record<string, string>>])[] = [
    ['when a zone that nodes name opens', '07:00', '22:00', {}],
    ['when it closes', '23:59', '30:00', {}],
    ['a period after pods left it, if others have to', '06:00', '06:01', {}],
    ['a period that the configuration gives', '06:00', '06:10', { 'tdm.evict.period': '10m' }],
  ];
  for (const [when, at, next, options] of cases) {
    it(when, () => {
      const on = world(at, options);
      if (at === '06:00') runs(on, 'a', 2);
      cycle(on);
      const [hour = 0, minute = 0] = next.split(':').map(Number);
      expect(on.scheduler.framework.nextWakeMs()).to.equal(timeMs('00:00') + (hour * 60 + minute) * MINUTE_MS);
    });
  }
});
