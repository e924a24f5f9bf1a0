import { expect } from 'chai';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

/** Who comes in is for overcommit alone to say: it stands in a tier before proportion. */
function policy(options: Readonly<Record<string, string | number>> = {}): SchedulerPolicy {
  return { ...DEFAULT_POLICY, tiers: [[plugin('gang'), plugin('overcommit', options)], ...DEFAULT_POLICY.tiers] };
}

function cpus(count: number): { readonly minResources: ReadonlyMap<string, number> } {
  return { minResources: new Map([['cpu', count * 1000]]) };
}

/** Groups of one pod, oldest first, each with its CPUs; a pod takes all of them. */
function withGroups(world: SchedulerWorld, wanted: Readonly<Record<string, number>>): SchedulerWorld {
  Object.entries(wanted).forEach(([name, cpu], i) => {
    world.gang(name, { count: 1, requests: amounts(cpu) }, { createdMs: i, ...cpus(cpu) });
  });
  return world;
}

/** Those of the groups that were let in. */
function letIn(world: SchedulerWorld): readonly string[] {
  world.cycle();
  return [...world.snapshot.jobs.values()].filter(({ phase }) => phase !== 'Pending').map(({ record }) => record.name);
}

describe('overcommit', () => {
  const CASES: readonly (readonly [string, Readonly<Record<string, string | number>>, readonly string[]])[] = [
    ['1.2 times what the nodes have unless said otherwise', {}, ['a', 'b', 'two']],
    ['as many times what the nodes have as it is told', { 'overcommit-factor': '1.4' }, ['a', 'b', 'three']],
    ['all that the nodes have when it is told less', { 'overcommit-factor': 0.1 }, ['a', 'b']],
  ];
  for (const [name, options, want] of CASES) {
    it(`lets groups in for ${name}`, () => {
      const world = new SchedulerWorld(policy(options)).nodes(2, amounts(5));
      expect(letIn(withGroups(world, { a: 5, b: 5, three: 3, two: 2 }))).to.deep.equal(want);
    });
  }

  it('says in numbers why a group waits', () => {
    const world = new SchedulerWorld(policy()).nodes(1, amounts(10)).group('x', 1);
    world.running('x', 'x', 'n1', { requests: amounts(2) });
    expect(withGroups(world, { a: 8, b: 4 }).cycle().refused['b']).to.equal(
      'WaitingInQueue: PodGroup ns/b waits for room in the cluster: cpu 4 asked, 2 used and 8 promised of 12 (1.2 times what the nodes have).',
    );
  });

  it('lets a group without minResources in, whatever is promised', () => {
    const world = withGroups(new SchedulerWorld(policy()).nodes(2, amounts(5)), { a: 5, b: 5, c: 5 });
    expect(letIn(world.gang('free', { count: 1, requests: amounts(5) }))).to.deep.equal(['a', 'b', 'free']);
  });

  it('counts what pods of others hold, and what a group holds once and not twice', () => {
    const world = new SchedulerWorld(policy()).nodes(2, amounts(5)).group('x', 2, { ...cpus(8), phase: 'Inqueue' });
    world.running('other', '', 'n1', { requests: amounts(3), schedulerName: 'default-scheduler' });
    // It holds 2 of its 8, and may take 6 more: 11 of 12.
    world.running('x', 'x', 'n2', { requests: amounts(2) });
    expect(letIn(withGroups(world, { two: 2, one: 1 }))).to.deep.equal(['x', 'one']);
  });

  it('asks a group that holds a part of its minimum for the rest alone', () => {
    const world = new SchedulerWorld(policy()).nodes(1, amounts(10)).group('x', 2, { ...cpus(10), phase: 'Pending' });
    world.running('x', 'x', 'n1', { requests: amounts(4) }).pods('x', { count: 1, requests: amounts(6) });
    expect(world.cycle().placed).to.deep.equal({ 'x-0': 'n1' });
  });

  it('asks again whom it refused as soon as nodes, pods or promises changed, and not before', () => {
    const world = withGroups(new SchedulerWorld(policy()).nodes(1, amounts(10)), { a: 10, b: 10, c: 9 });
    world.cycle();
    const { framework } = world.scheduler;
    const queue = world.snapshot.queues.get('default');
    if (queue === undefined) throw new Error('Cannot ask: there is no queue');
    const asked = (): number => framework.entry.stamp(queue);
    world.cycle();
    const before = asked();
    world.cycle();
    expect(asked()).to.equal(before);
    world.node('n2', amounts(9));
    expect(letIn(world)).to.deep.equal(['a', 'b']);
    expect(asked()).to.be.greaterThan(before);
    world.snapshot.removeJob('ns/a');
    world.snapshot.removeTask('uid-a-0');
    expect(letIn(world)).to.deep.equal(['b', 'c']);
  });

  it('keeps no room for a group that can never start, and leaves it to others to say so', () => {
    const world = withGroups(new SchedulerWorld(policy()).nodes(1, amounts(10)), { big: 11, b: 10 });
    const { refused, placed } = world.cycle();
    expect(refused['big']).to.match(/^NeverFits/);
    expect(placed).to.deep.equal({ 'b-0': 'n1' });
  });

  it('reserves for groups of its own cycle although proportion reserves nothing', () => {
    const off = { ...plugin('proportion'), off: new Set(['enableJobEnqueued'] as const) };
    const tiers = [
      [plugin('gang'), plugin('overcommit')],
      [plugin('predicates'), off],
    ];
    const world = new SchedulerWorld({ ...DEFAULT_POLICY, tiers }).nodes(2, amounts(5));
    expect(letIn(withGroups(world, { a: 5, b: 5, c: 5 }))).to.deep.equal(['a', 'b']);
  });

  it('leaves a reject of proportion beside it in force, and its own reject beside proportion', () => {
    const tiers = [[plugin('gang'), plugin('predicates'), plugin('overcommit'), plugin('proportion')]];
    const world = new SchedulerWorld({ ...DEFAULT_POLICY, tiers }).nodes(1, amounts(10));
    world.queue('roomy').queue('small', { capability: new Map([['cpu', 4000]]) });
    world.gang('s1', { count: 1, requests: amounts(4) }, { queue: 'small', ...cpus(4) });
    world.gang('s2', { count: 1, requests: amounts(4) }, { queue: 'small', ...cpus(4), createdMs: 1 });
    world.gang('r', { count: 1, requests: amounts(9) }, { queue: 'roomy', ...cpus(9), createdMs: 2 });
    const { refused } = world.cycle();
    expect(refused['s2']).to.match(/waits for room in queue small/);
    expect(refused['r']).to.match(/waits for room in the cluster/);
  });
});
