import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { ActionName, SchedulerPolicy } from '../../../src/config/policy.ts';
import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const MINUTE = 60_000;

/** `sla` alone in the first tier: its votes come before those of gang and proportion. */
function policy(globalTime = '', actions: readonly ActionName[] = DEFAULT_POLICY.actions): SchedulerPolicy {
  const first = plugin('sla', globalTime === '' ? {} : { 'sla-waiting-time': globalTime });
  return { ...DEFAULT_POLICY, actions, tiers: [[first], ...DEFAULT_POLICY.tiers] };
}

function cpus(count: number): { readonly minResources: ReadonlyMap<string, number> } {
  return { minResources: new Map([['cpu', count * 1000]]) };
}

/** A gang of 4 CPUs in a cluster of 4 of which `held` are taken, and a group of 1 CPU that comes after it. */
function crowded(chosen: SchedulerPolicy, held: number, overrides: Partial<PodGroupRecord> = {}): SchedulerWorld {
  const world = new SchedulerWorld(chosen).nodes(1, amounts(4)).group('x', 1);
  for (let i = 0; i < held; i += 1) world.running(`x-${i}`, 'x', 'n1', { requests: amounts(1) });
  world.gang('big', { count: 4, requests: amounts(1) }, { waitingMs: MINUTE, ...overrides });
  return world.gang('small', { count: 1, requests: amounts(1) }, { createdMs: 1 });
}

/** Lets the groups in, and then time pass. */
function later(world: SchedulerWorld, nowMs: number): SchedulerWorld {
  world.snapshot.upsertQueue({ ...(world.snapshot.queues.get('default')?.record ?? never()), resourceVersion: '2' });
  for (const job of world.snapshot.jobs.values()) job.phase = 'Inqueue';
  world.nowMs = nowMs;
  return world;
}

function never(): never {
  throw new Error('Cannot be: there is a queue');
}

describe('sla', () => {
  const ORDERS: readonly (readonly [string, string, Partial<PodGroupRecord>, Partial<PodGroupRecord>, string])[] = [
    [
      'the earlier time of making and waiting together',
      '',
      { waitingMs: 900 },
      { waitingMs: 100, createdMs: 500 },
      'b',
    ],
    ['those that may not wait for ever', '', {}, { waitingMs: 9 * MINUTE, createdMs: 500 }, 'b'],
    ['the older of those that may wait for ever', '', {}, { createdMs: 500 }, 'a'],
    ['its own time, where another one holds for all', '1m', {}, { waitingMs: 100, createdMs: 500 }, 'b'],
    ['the time for all, where it has none of its own', '1m', { waitingMs: 2 * MINUTE }, { createdMs: 500 }, 'b'],
    ['the older one, where the time for all cannot be read', 'soon', {}, { createdMs: 500 }, 'a'],
    ['the older one, where the time for all is below zero', '-1m', {}, { createdMs: 500 }, 'a'],
  ];
  for (const [name, globalTime, a, b, first] of ORDERS) {
    it(`takes first ${name}`, () => {
      const world = new SchedulerWorld(policy(globalTime)).nodes(1, amounts(1));
      world.gang('a', { count: 1, requests: amounts(1) }, a).gang('b', { count: 1, requests: amounts(1) }, b);
      expect(Object.keys(world.cycle().placed)).to.deep.equal([`${first}-0`]);
    });
  }

  describe('past the time of a group', () => {
    /** The phase of a group for which its queue has nothing to promise, before its time is up and after. */
    function phases(chosen: SchedulerPolicy): readonly (string | undefined)[] {
      const world = new SchedulerWorld(chosen).nodes(1, amounts(4));
      world.gang('a', { count: 4, requests: amounts(1) }, { waitingMs: 1, ...cpus(4) });
      world.gang('b', { count: 4, requests: amounts(1) }, { waitingMs: MINUTE, ...cpus(4) });
      world.cycle();
      world.cycle();
      return [MINUTE - 1, MINUTE].map((nowMs) => {
        world.nowMs = nowMs;
        world.cycle();
        return world.phase('b');
      });
    }

    it('lets it in although its queue has promised all, and though nothing else changed', () => {
      expect(phases(policy())).to.deep.equal(['Pending', 'Inqueue']);
    });

    it('lets it not in against a reject in its own tier', () => {
      const tiers = [[plugin('gang'), plugin('predicates'), plugin('proportion'), plugin('sla')]];
      expect(phases({ ...DEFAULT_POLICY, tiers })).to.deep.equal(['Pending', 'Pending']);
    });

    it('keeps the places that it gets, although they are too few, and says so', () => {
      const { placed, refused } = later(crowded(policy(), 2), MINUTE).cycle();
      expect(placed).to.deep.equal({});
      expect(refused['big']).to.equal(
        'NotEnoughResources: PodGroup ns/big keeps room for 2 of its pods, and 2 more must find room; for the next one 0/1 nodes are available: 1 Insufficient cpu.',
      );
    });

    it('starts it once the others are gone', () => {
      const world = later(crowded(policy(), 2), MINUTE);
      world.cycle();
      for (const name of ['x-0', 'x-1']) world.snapshot.removeTask(`uid-${name}`);
      expect(Object.keys(world.cycle().placed)).to.have.members(['big-0', 'big-1', 'big-2', 'big-3']);
    });

    it('keeps nothing before that, nor beside a gang that says no in the same tier', () => {
      expect(later(crowded(policy(), 2), MINUTE - 1).cycle().placed).to.deep.equal({ 'small-0': 'n1' });
      const tiers = [
        [plugin('sla'), plugin('gang')],
        [plugin('predicates'), plugin('proportion')],
      ];
      const beside = later(crowded({ ...DEFAULT_POLICY, tiers }, 2), MINUTE);
      expect(beside.cycle().placed).to.deep.equal({ 'small-0': 'n1' });
    });

    it('keeps its places for as long again, and no longer', () => {
      const world = later(crowded(policy(), 2), 10 * MINUTE);
      const placed = [10, 11 - 0.001, 11, 12].map((minute) => {
        world.nowMs = minute * MINUTE;
        return Object.keys(world.cycle().placed);
      });
      expect(placed).to.deep.equal([[], [], ['small-0'], []]);
    });

    it('keeps places for one gang at a time, so that no two wait for the places of each other', () => {
      const world = crowded(policy(), 0, { waitingMs: 2 * MINUTE, createdMs: 1 });
      world.node('n1', amounts(3)).node('n2', amounts(3), { unschedulable: true });
      world.gang('second', { count: 4, requests: { cpu: 1000 } }, { waitingMs: MINUTE, createdMs: 2 });
      const { refused } = later(world, 5 * MINUTE).cycle();
      expect(refused['second']).to.match(/keeps room for 3/);
      expect(refused['big']).to.match(/must place 4 more pods together/);
      world.snapshot.removeTask('uid-second-0');
      expect(world.cycle().refused['big']).to.match(/keeps room for 3/);
    });

    it('keeps nothing for a gang that can never start', () => {
      const world = crowded(policy(), 2).gang('never', { count: 2, requests: amounts(3) }, { waitingMs: 1 });
      world.cycle();
      world.snapshot.removeTask('uid-small-0');
      world.gang('late', { count: 1, requests: amounts(1) }, { createdMs: 2 });
      const { refused, placed } = later(world, MINUTE).cycle();
      expect(placed).to.deep.equal({});
      expect(refused['big']).to.match(/keeps room for 2/);
    });
  });

  describe('beside preemption', () => {
    const ACTIONS: readonly ActionName[] = ['enqueue', 'allocate', 'preempt'];

    /** A gang of higher priority whose time is up, in a cluster of 4 CPUs: 2 are held by `x`, `fixed` more by others. */
    function preempting(fixed: number): SchedulerWorld {
      const world = crowded(policy('', ACTIONS), 2, { priorityClassName: 'high' });
      world.node('n1', amounts(4 + fixed - (fixed > 0 ? 1 : 0)));
      world.snapshot.setPriorityClass({ name: 'high', value: 10, isGlobalDefault: false, isPatient: false });
      for (let i = 0; i < fixed; i += 1) {
        world.running(`f-${i}`, '', 'n1', { requests: amounts(1), schedulerName: 'default-scheduler' });
      }
      return later(world, MINUTE);
    }

    it('evicts nobody for a gang that could not start all the same', () => {
      const { decisions } = preempting(1).cycle();
      expect(decisions.filter(({ kind }) => kind === 'evict')).to.deep.equal([]);
    });

    it('keeps all places of a gang for which others go, beyond the cycle', () => {
      const world = preempting(0);
      const { decisions } = world.cycle();
      expect(decisions.filter(({ kind }) => kind === 'evict')).to.have.length(2);
      expect(world.snapshot.nominations.size).to.equal(4);
    });
  });

  it('starves nobody, whoever has which time: all gangs that the empty cluster could hold start some day', () => {
    const group = fc.record({
      members: fc.integer({ min: 1, max: 6 }),
      waitingMs: fc.option(fc.integer({ min: 1, max: 5 * MINUTE }), { nil: undefined }),
      atMinute: fc.integer({ min: 0, max: 10 }),
      runsMinutes: fc.integer({ min: 1, max: 6 }),
    });
    fc.assert(
      fc.property(fc.array(group, { minLength: 1, maxLength: 14 }), (groups) => {
        const world = new SchedulerWorld(policy()).nodes(2, amounts(3));
        const ends = new Map<string, number>();
        for (let minute = 0; minute < 120; minute += 1) {
          world.nowMs = minute * MINUTE;
          groups.forEach(({ members, waitingMs, atMinute }, g) => {
            const times = { createdMs: world.nowMs, waitingMs };
            if (atMinute === minute) world.gang(`g${g}`, { count: members, requests: amounts(1) }, times);
          });
          for (const pod of Object.keys(world.cycle().placed)) {
            const name = pod.slice(0, pod.indexOf('-'));
            ends.set(name, minute + (groups[Number(name.slice(1))]?.runsMinutes ?? 0));
          }
          for (const [name, end] of ends) if (end === minute) remove(world, name);
        }
        expect(ends.size).to.equal(groups.length);
      }),
      { numRuns: 100 },
    );
  });
});

/** The group and its pods are gone. */
function remove({ snapshot }: SchedulerWorld, name: string): void {
  const uids = Array.from(snapshot.jobs.get(`ns/${name}`)?.tasks.values() ?? [], ({ uid }) => uid);
  for (const uid of uids) snapshot.removeTask(uid);
  snapshot.removeJob(`ns/${name}`);
}
