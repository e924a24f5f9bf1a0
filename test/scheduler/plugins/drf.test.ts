import { expect } from 'chai';
import type { PodGroupRecord } from '../../../src/api/records/pod-group-record.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { PluginOption, SchedulerPolicy } from '../../../src/config/policy.ts';
import type { PluginHooks, PluginSet } from '../../../src/scheduler/framework/plugin.ts';
import { PLUGINS } from '../../../src/scheduler/plugins/registry.ts';
import { TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import type { Task } from '../../../src/scheduler/model/task.ts';
import { makePriorityClass } from '../../support/records.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

function policy(drf: PluginOption = plugin('drf')): SchedulerPolicy {
  return {
    ...DEFAULT_POLICY,
    actions: ['enqueue', 'allocate', 'backfill', 'preempt'],
    tiers: [
      [plugin('priority'), plugin('gang'), plugin('conformance')],
      [drf, plugin('predicates'), plugin('proportion'), plugin('binpack')],
    ],
  };
}

function world(which = policy(), plugins: PluginSet = PLUGINS): SchedulerWorld {
  return new SchedulerWorld(which, plugins);
}

/** Ten CPUs, 20 GiB and four GPUs. */
function cluster(which = policy()): SchedulerWorld {
  return world(which).node('n1', amounts(10, 20, 4));
}

function task(on: SchedulerWorld, name: string): Task {
  const found = on.snapshot.tasks.get(`uid-${name}`);
  if (found === undefined) throw new Error(`no pod ${name}`);
  return found;
}

function shareOf(on: SchedulerWorld, group: string): number | undefined {
  return on.snapshot.jobs.get(`ns/${group}`)?.holdings().share(on.snapshot);
}

/** A group with so many pods on node n1. */
function runs(
  on: SchedulerWorld,
  group: string,
  count: number,
  requests = amounts(1),
  overrides: Partial<PodGroupRecord> = {},
): void {
  on.group(group, overrides.minMember ?? 1, { phase: 'Running', ...overrides });
  for (let i = 0; i < count; i += 1) on.running(`${group}-${i}`, group, 'n1', { requests, createdMs: i });
}

describe('the dominant share of a group', () => {
  const cases: readonly (readonly [string, number, (on: SchedulerWorld) => void])[] = [
    ['is nothing while it holds nothing', 0, (on) => on.pods('a', { count: 3, requests: amounts(1) })],
    ['is that of CPU where this is most', 0.2, (on) => on.running('a', 'a', 'n1', { requests: amounts(2, 2) })],
    ['is that of memory where this is most', 0.4, (on) => on.running('a', 'a', 'n1', { requests: amounts(1, 8) })],
    ['is that of GPUs where this is most', 0.5, (on) => on.running('a', 'a', 'n1', { requests: amounts(1, 1, 2) })],
    ['adds up over its pods before the most is taken', 0.5, mixed],
    ['counts no pod slots', 0, (on) => on.running('a', 'a', 'n1', {})],
    ['counts nothing that no node has', 0.1, (on) => on.running('a', 'a', 'n1', { requests: { cpu: 1000, x: 7 } })],
    ['counts no pods on their way out', 0.1, (on) => leaving(on)],
    ['counts no pods that have ended', 0.1, (on) => ended(on)],
    [
      'counts pods of which nobody hears',
      0.2,
      (on) => on.running('a', 'a', 'n1', { requests: amounts(2), phase: 'Unknown' }),
    ],
    ['counts what is promised', 0.3, (on) => promised(on)],
    ['is one of more nodes once they come', 0.1, (on) => grown(on)],
    ['is one of fewer nodes once they go', 0.2, (on) => shrunk(on)],
  ];
  for (const [name, wanted, prepare] of cases) {
    it(name, () => {
      const on = cluster().group('a', 1);
      // Asked before as well: what was kept then must not count.
      shareOf(on, 'a');
      prepare(on);
      on.snapshot.settle();
      expect(shareOf(on, 'a')).to.equal(wanted);
    });
  }

  function mixed(on: SchedulerWorld): void {
    on.running('a', 'a', 'n1', { requests: amounts(4, 2) }).running('b', 'a', 'n1', { requests: amounts(1, 6) });
  }

  function leaving(on: SchedulerWorld): void {
    on.running('a', 'a', 'n1', { requests: amounts(1) });
    on.running('b', 'a', 'n1', { requests: amounts(5), deleting: true });
  }

  function ended(on: SchedulerWorld): void {
    on.running('a', 'a', 'n1', { requests: amounts(1) });
    shareOf(on, 'a');
    on.running('b', 'a', 'n1', { requests: amounts(5) });
    on.running('b', 'a', 'n1', { requests: amounts(5), phase: 'Succeeded' });
  }

  function promised(on: SchedulerWorld): void {
    on.pods('a', { count: 1, requests: amounts(3) });
    on.snapshot.settle();
    on.snapshot.placements.place(task(on, 'a-0'), 0, TaskStatus.Pipelined);
  }

  function grown(on: SchedulerWorld): void {
    on.running('a', 'a', 'n1', { requests: amounts(2) });
    on.cycle();
    shareOf(on, 'a');
    on.node('n2', amounts(10));
  }

  function shrunk(on: SchedulerWorld): void {
    on.node('n2', amounts(10)).running('a', 'a', 'n1', { requests: amounts(2) });
    on.cycle();
    shareOf(on, 'a');
    on.snapshot.removeNode('n2');
  }
});

describe('drf in the order of groups', () => {
  /** The group that gets the last CPU of ten. */
  function last(on: SchedulerWorld): string {
    return Object.keys(on.cycle().placed).join(' ');
  }

  /** Both want one more pod; a, the older one, has five running, b has four. */
  function unequal(which = policy()): SchedulerWorld {
    const on = cluster(which);
    runs(on, 'a', 5, amounts(1), { createdMs: 1 });
    runs(on, 'b', 4, amounts(1), { createdMs: 2 });
    for (const group of ['a', 'b']) on.pods(group, { count: 1, requests: amounts(1), prefix: `${group}-more` });
    return on;
  }

  it('puts the one first that holds less, before age', () => {
    expect(withoutAmbient(() => last(unequal()))).to.equal('b-more-0');
  });

  it('is silent where its order is switched off', () => {
    expect(last(unequal(policy({ ...plugin('drf'), off: new Set(['enableJobOrder']) })))).to.equal('a-more-0');
  });

  it('comes after the priority of a tier before it', () => {
    const on = unequal();
    on.snapshot.setPriorityClass(makePriorityClass('high', 10));
    on.group('a', 1, { priorityClassName: 'high', phase: 'Running', createdMs: 1 });
    expect(last(on)).to.equal('a-more-0');
  });

  it('compares different resources by the part of the cluster that they are', () => {
    const on = cluster();
    runs(on, 'a', 2, amounts(1, 5), { createdMs: 1 });
    runs(on, 'b', 4, amounts(1), { createdMs: 2 });
    runs(on, 'other', 3, amounts(1));
    for (const group of ['a', 'b']) on.pods(group, { count: 1, requests: amounts(1), prefix: `${group}-more` });
    expect(last(on)).to.equal('b-more-0');
  });

  it('counts a GPU of four as more than two CPUs of ten', () => {
    const on = cluster();
    runs(on, 'a', 1, amounts(2, 0, 1), { createdMs: 1 });
    runs(on, 'b', 2, amounts(1), { createdMs: 2 });
    runs(on, 'other', 5);
    for (const group of ['a', 'b']) on.pods(group, { count: 1, requests: amounts(1), prefix: `${group}-more` });
    expect(last(on)).to.equal('b-more-0');
  });

  it('looks anew after each pod: the example of the paper, 9 CPUs and 18 GB, ends with 3 and 2 of two kinds of pods', () => {
    const on = world().node('n1', amounts(9, 18));
    on.gang('a', { count: 9, requests: amounts(1, 4) }, { minMember: 1, createdMs: 1 });
    on.gang('b', { count: 9, requests: amounts(3, 1) }, { minMember: 1, createdMs: 2 });
    const placed = Object.keys(on.cycle().placed);
    expect(['a-', 'b-'].map((group) => placed.filter((name) => name.startsWith(group)).length)).to.deep.equal([3, 2]);
  });
});

describe('drf among the votes on victims', () => {
  /** Of the pods named, those that may go for pod b-0. */
  function mayGo(on: SchedulerWorld, names: readonly string[]): string[] {
    on.snapshot.settle();
    const candidates = names.map((name) => task(on, name));
    const victims = on.scheduler.framework.victims.count('preempt', task(on, 'b-0'), candidates);
    return victims.map(({ record }) => record.name);
  }

  const A = ['a-3', 'a-2', 'a-1', 'a-0'];
  const cases: readonly (readonly [string, readonly string[], (on: SchedulerWorld) => void])[] = [
    [
      'lets pods go until the group would hold more than theirs',
      ['a-3', 'a-2', 'a-1'],
      (on) => on.pods('b', { count: 1, requests: amounts(1) }),
    ],
    ['lets them be equal in the end', ['a-3', 'a-2'], (on) => on.pods('b', { count: 1, requests: amounts(2) })],
    ['lets nobody go for more than theirs hold', [], (on) => on.pods('b', { count: 1, requests: amounts(4) })],
    [
      'counts what the group holds already',
      ['a-3'],
      (on) => on.pods('b', { count: 1, requests: amounts(1) }).running('b-1', 'b', 'n1', { requests: amounts(2) }),
    ],
    ['counts what the group is promised', ['a-3'], (on) => promisedMore(on)],
    [
      'does not count what leaves the group',
      ['a-3', 'a-2', 'a-1'],
      (on) =>
        on
          .pods('b', { count: 1, requests: amounts(1) })
          .running('b-1', 'b', 'n1', { requests: amounts(2), deleting: true }),
    ],
    [
      'counts in the resource that is dominant for each',
      ['a-3'],
      (on) => on.pods('b', { count: 1, requests: amounts(1, 6) }),
    ],
    [
      'lets nobody go for a group that holds as much, though what it asks for weighs nothing',
      [],
      (on) => on.pods('b', { count: 1, requests: amounts(1) }).running('b-1', 'b', 'n1', { requests: amounts(0, 8) }),
    ],
  ];
  for (const [name, wanted, prepare] of cases) {
    it(name, () => {
      const on = cluster();
      runs(on, 'a', 4);
      on.group('b', 1);
      prepare(on);
      expect(mayGo(on, A)).to.deep.equal(wanted);
    });
  }

  function promisedMore(on: SchedulerWorld): void {
    on.pods('b', { count: 1, requests: amounts(1) }).pods('b', { count: 1, requests: amounts(2), prefix: 'b-more' });
    on.snapshot.settle();
    on.snapshot.placements.place(task(on, 'b-more-0'), 0, TaskStatus.Pipelined);
  }

  it('counts pods that were allowed to go for each of their groups', () => {
    const on = cluster();
    runs(on, 'a', 3);
    runs(on, 'c', 2);
    on.gang('b', { count: 1, requests: amounts(1) });
    expect(mayGo(on, ['a-2', 'c-1', 'a-1', 'c-0', 'a-0'])).to.deep.equal(['a-2', 'c-1', 'a-1']);
  });

  it('does not count what leaves the group of a victim', () => {
    const on = cluster();
    runs(on, 'a', 2);
    on.running('a-gone', 'a', 'n1', { requests: amounts(2), deleting: true });
    on.gang('b', { count: 1, requests: amounts(2) });
    expect(mayGo(on, ['a-1', 'a-0'])).to.deep.equal([]);
  });

  it('takes pods until both groups hold the same, in one cycle', () => {
    const on = world().node('n1', amounts(4));
    runs(on, 'a', 4);
    on.gang('b', { count: 2, requests: amounts(1) });
    const outcome = on.cycle();
    const evicted = outcome.decisions.flatMap((each) => (each.kind === 'evict' ? each.pod : []));
    expect(evicted.toSorted()).to.deep.equal(['ns/a-2', 'ns/a-3']);
    expect(Object.keys(outcome.pipelined)).to.deep.equal(['b-0', 'b-1']);
  });

  it('keeps a small pod for the vote that it has on its own, where a large one was refused before it', () => {
    const on = cluster();
    on.group('a', 1).running('large', 'a', 'n1', { requests: amounts(3) });
    on.running('small', 'a', 'n1', { requests: amounts(1) });
    on.gang('b', { count: 1, requests: amounts(2) });
    expect(mayGo(on, ['large', 'small'])).to.deep.equal(['small']);
  });

  it('says yes to one group where it says no to another that is older and holds more', () => {
    const on = world(policy({ ...plugin('drf'), off: new Set(['enableJobOrder']) })).node('n1', amounts(10));
    runs(on, 'a', 4);
    runs(on, 'other', 2, amounts(1), { minMember: 2 });
    runs(on, 'more', 3, amounts(1), { minMember: 4, createdMs: 1 });
    runs(on, 'less', 1, amounts(1), { minMember: 2, createdMs: 2 });
    for (const group of ['more', 'less']) on.pods(group, { count: 1, requests: amounts(1), prefix: `${group}-next` });
    expect(on.cycle().pipelined).to.deep.equal({ 'less-next-0': 'n1' });
  });

  it('takes nothing for a gang that would hold more than what is left to the others', () => {
    const on = world().node('n1', amounts(4));
    runs(on, 'a', 4);
    on.gang('b', { count: 3, requests: amounts(1) });
    expect(on.cycle().decisions.some(({ kind }) => kind === 'evict')).to.equal(false);
  });

  it('is asked no more often when many groups of one wait that are alike', () => {
    function votes(waiting: number): number {
      let asked = 0;
      const counting: PluginSet = {
        ...PLUGINS,
        drf: {
          name: 'drf',
          make(...given): PluginHooks {
            const { preemptableFn, ...hooks } = PLUGINS.drf.make(...given);
            return {
              ...hooks,
              preemptableFn: (preemptor, candidates) => {
                asked += 1;
                return preemptableFn?.(preemptor, candidates);
              },
            };
          },
        },
      };
      const on = world(policy(), counting).nodes(3, amounts(1));
      for (const n of [1, 2, 3]) {
        on.group(`run-${n}`, 1, { phase: 'Running' });
        on.running(`run-${n}`, `run-${n}`, `n${n}`, { requests: amounts(1) });
      }
      for (let i = 0; i < waiting; i += 1) on.gang(`w${i}`, { count: 1, requests: amounts(1) });
      on.cycle();
      return asked;
    }
    expect(votes(200)).to.equal(votes(2)).and.to.equal(3);
  });
});
