import { expect } from 'chai';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { ActionName, SchedulerPolicy } from '../../../src/config/policy.ts';
import { evicted, policy, runs, world } from '../../support/evicting-world.ts';
import { LivingWorld } from '../../support/living-world.ts';
import { makeBudget, makePod, makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

/** What users of other schedulers reported about who goes for whom, at the level of the core. */

function running(on: SchedulerWorld): string[] {
  return [...on.snapshot.tasks.values()].filter(({ nodeName }) => nodeName !== '').map(({ record }) => record.name);
}

/** Classes `low`, `mid`, `high` and `top`. */
function classes(on: SchedulerWorld): void {
  for (const [name, value] of [
    ['low', 1],
    ['mid', 50],
    ['high', 100],
    ['top', 1000],
  ] as const) {
    on.snapshot.setPriorityClass({ name, value, isGlobalDefault: false, isPatient: false });
  }
}

function single(on: SchedulerWorld, name: string, cpus: number, priorityClassName: string, createdMs = 0): void {
  on.gang(name, { count: 1, requests: amounts(cpus), createdMs }, { priorityClassName, createdMs });
}

describe('reported of victims elsewhere', () => {
  it('a job that was deleted and made again takes its place back from the one of lower priority that came in between (volcano#3332)', () => {
    const on = new LivingWorld(policy('preempt')).nodes(1, amounts(4));
    classes(on);
    single(on, 'high', 4, 'high', 1);
    single(on, 'low', 4, 'low', 2);
    single(on, 'mid', 4, 'mid', 3);
    on.settle(1, 3);
    expect(running(on)).to.deep.equal(['high-0']);
    on.snapshot.removeTask('uid-high-0');
    on.snapshot.removeJob('ns/high');
    on.settle(1, 3);
    expect(running(on)).to.deep.equal(['mid-0']);
    single(on, 'high', 4, 'high', 9);
    expect(on.settle(2, 5)).to.equal(1);
    expect(running(on)).to.deep.equal(['high-0']);
  });

  it('of a gang with more pods than its minimum as many go as are needed for one pod (volcano#5984)', () => {
    for (const action of ['gangpreempt', 'preempt'] as const) {
      const on = world(policy(action), 0).nodes(1, amounts(11));
      runs(on, 'victim', { n1: 11 }, { minMember: 1 });
      single(on, 'wants', 1, 'high');
      expect(evicted(on.cycle())).to.have.length(1);
    }
  });

  it('a gang that may not stand on one node together starts on none of one (volcano#1231)', () => {
    const on = new SchedulerWorld().nodes(1, amounts(8));
    const selector = [{ key: 'app', operator: 'In' as const, values: ['x'] }];
    const term = {
      topologyKey: 'kubernetes.io/hostname',
      isOwn: true,
      selector,
      namespaces: ['ns'],
      namespaceSelector: undefined,
    };
    const shape = makeShape(amounts(1), { rules: { affinity: [], antiAffinity: [term], spread: [] } });
    on.gang('g', { count: 2, shape, labels: ['app', 'x'] });
    expect(on.cycle().placed).to.deep.equal({});
  });

  it('a more important pod that comes while room is being freed for another one gets that room, and nobody starts in vain (nominated pods of kube-scheduler)', () => {
    const on = new LivingWorld(policy('preempt'), 2).nodes(1, amounts(4));
    classes(on);
    single(on, 'low', 4, 'low', 1);
    on.live();
    single(on, 'mid', 4, 'mid', 2);
    on.live();
    single(on, 'top', 4, 'top', 3);
    const gone: string[] = [];
    on.settle(4, 20, (_, evictions) => gone.push(...evictions.map(({ pod }) => pod)));
    expect(running(on)).to.deep.equal(['top-0']);
    expect(gone).to.deep.equal([]);
  });

  it('of several alike for which room is being freed one gives way to a more important one, and the others keep theirs', () => {
    const on = new LivingWorld(policy('preempt'), 3).nodes(4, amounts(4));
    classes(on);
    for (let i = 0; i < 4; i += 1) single(on, `low-${i}`, 4, 'low', i);
    on.live();
    for (let i = 0; i < 4; i += 1) single(on, `mid-${i}`, 4, 'mid', 10);
    for (const _ of [1, 2]) on.live();
    single(on, 'top', 4, 'top', 20);
    const gone: string[] = [];
    on.settle(4, 20, (_, evictions) => gone.push(...evictions.map(({ pod }) => pod)));
    expect(gone).to.deep.equal([]);
    expect(running(on).toSorted()).to.deep.equal(['mid-0-0', 'mid-1-0', 'mid-2-0', 'top-0']);
  });

  it('pods of one budget that allows one are never both in one plan (kubernetes#91492)', () => {
    const on = world(policy('preempt'));
    on.snapshot.budgets.upsert(makeBudget('b', 1));
    runs(on, 'a', { n1: 4 }, { minMember: 1 }, ['app', 'x']);
    on.gang('wants', { count: 1, requests: amounts(2) }, { priorityClassName: 'high' });
    expect(evicted(on.cycle())).to.deep.equal([]);
  });

  it('on two nodes with a pod that its budget keeps each, nobody of higher priority goes instead (kubernetes#129136)', () => {
    const on = world(policy('preempt'), 2);
    classes(on);
    on.snapshot.budgets.upsert(makeBudget('b', 0));
    runs(on, 'important', { n1: 2 }, { minMember: 1, priorityClassName: 'high' });
    runs(on, 'kept-low', { n1: 2 }, { minMember: 1, priorityClassName: 'low' }, ['app', 'x']);
    runs(on, 'kept-mid', { n2: 4 }, { minMember: 1, priorityClassName: 'mid' }, ['app', 'x']);
    on.gang('wants', { count: 1, requests: amounts(4) }, { priorityClassName: 'top' });
    const outcome = on.cycle();
    expect(evicted(outcome)).to.deep.equal([]);
    expect(outcome.refused['wants']).to.include('PodDisruptionBudget ns/b');
  });

  it('a pod that nobody is to go for takes room that comes free, at its place in the order (PreemptionPolicy Never)', () => {
    const on = new LivingWorld(policy('preempt')).nodes(1, amounts(4));
    classes(on);
    single(on, 'runs', 4, 'low', 1);
    on.live();
    on.gang('patient', { count: 1, requests: amounts(4), isPatient: true }, { priorityClassName: 'top', createdMs: 3 });
    single(on, 'early', 4, 'low', 2);
    expect(on.settle(2, 3)).to.equal(0);
    on.snapshot.removeTask('uid-runs-0');
    on.settle(1, 3);
    expect(running(on)).to.deep.equal(['patient-0']);
  });

  it('a group of a class that nobody is to go for waits at the door of a full queue, and no pod goes for it (PreemptionPolicy Never)', () => {
    const on = new LivingWorld(policy('preempt')).nodes(2, amounts(4));
    on.snapshot.setPriorityClass({ name: 'patient', value: 1000, isGlobalDefault: false, isPatient: true });
    classes(on);
    on.queue('q', { capability: new Map([['cpu', 4000]]) });
    on.gang('runs', { count: 2, requests: amounts(2) }, { queue: 'q', priorityClassName: 'low' });
    on.live();
    const minResources = new Map([['cpu', 2000]]);
    on.gang(
      'patient',
      { count: 1, requests: amounts(2) },
      { queue: 'q', priorityClassName: 'patient', minResources, createdMs: 1 },
    );
    expect(on.settle(2, 4)).to.equal(0);
    expect([running(on), on.phase('patient')]).to.deep.equal([['runs-0', 'runs-1'], 'Pending']);
    on.snapshot.removeTask('uid-runs-0');
    on.settle(2, 4);
    expect(running(on)).to.deep.equal(['runs-1', 'patient-0']);
  });

  it('a pod of kube-system is never a victim, nor one of a system class, whatever its priority (conformance)', () => {
    const on = world(policy('preempt'), 0).nodes(1, amounts(2));
    classes(on);
    on.group('sys', 1, { namespace: 'kube-system', key: 'kube-system/sys', phase: 'Running' });
    on.snapshot.upsertTask(
      makePod('sys', 'sys', makeShape(amounts(1)), {
        namespace: 'kube-system',
        key: 'kube-system/sys',
        nodeName: 'n1',
        phase: 'Running',
      }),
    );
    on.group('crit', 1, { phase: 'Running' }).running('crit-0', 'crit', 'n1', {
      requests: amounts(1),
      priorityClassName: 'system-node-critical',
    });
    single(on, 'wants', 1, 'top');
    expect(evicted(on.cycle())).to.deep.equal([]);
  });

  it('whoever waits for a node that pods left behind by a lost kubelet still hold is told, and nobody else goes for it twice (volcano#5925)', () => {
    const on = new LivingWorld(policy('preempt'), 50).nodes(1, amounts(8));
    classes(on);
    single(on, 'a', 8, 'low', 1);
    on.live();
    single(on, 'b', 8, 'high', 2);
    let evictions = 0;
    for (let i = 0; i < 10; i += 1) evictions += on.live().length;
    expect(evictions).to.equal(1);
  });

  it('pods of one job that matter more take the room of those that matter less while the job stays whole (volcano preempt, phase two)', () => {
    const on = world(policy('preempt'));
    runs(on, 'a', { n1: 4 }, { minMember: 2 });
    on.snapshot.upsertTask(makePod('driver', 'a', makeShape(amounts(3)), { priority: 9, createdMs: 100 }));
    expect(evicted(on.cycle())).to.deep.equal([]);
    on.snapshot.upsertTask(makePod('driver', 'a', makeShape(amounts(2)), { priority: 9, createdMs: 100 }));
    expect(evicted(on.cycle())).to.deep.equal(['a-2', 'a-3']);
  });

  it('under drf in a tier behind priority two jobs of one priority and unlike shares do not rob each other for ever (volcano#3729)', () => {
    const chosen: SchedulerPolicy = {
      ...DEFAULT_POLICY,
      actions: ['enqueue', 'allocate', 'preempt'] as ActionName[],
      tiers: [
        [plugin('priority'), plugin('gang')],
        [plugin('drf'), plugin('predicates'), plugin('proportion')],
      ],
    };
    const on = new LivingWorld(chosen).nodes(2, amounts(4));
    on.group('a', 1, { phase: 'Running' });
    for (let i = 0; i < 8; i += 1) on.running(`a-${i}`, 'a', `n${1 + (i % 2)}`, { requests: amounts(1), createdMs: i });
    on.gang('b', { count: 4, requests: amounts(1) }, { minMember: 1, createdMs: 5 });
    expect(on.settle(4, 40)).to.be.lessThan(5);
  });
});
