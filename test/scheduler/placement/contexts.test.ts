import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import type { PlacementContext, Plugin } from '../../../src/scheduler/framework/plugin.ts';
import type { Snapshot } from '../../../src/scheduler/ledger/snapshot.ts';
import type { Task } from '../../../src/scheduler/model/task.ts';
import { PLUGINS } from '../../../src/scheduler/plugins/registry.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

type Claim = (snapshot: Snapshot) => (task: Task) => PlacementContext | undefined;

/** A scheduler of which one plugin more claims tasks. */
function claiming(claim: Claim): SchedulerWorld {
  const { priority } = PLUGINS;
  const claims: Plugin = {
    name: priority.name,
    make: (snapshot, ...given) => ({ ...priority.make(snapshot, ...given), contextFn: claim(snapshot) }),
  };
  return new SchedulerWorld(DEFAULT_POLICY, { ...PLUGINS, priority: claims });
}

/** Tasks of role `red` see the nodes of team `red` only. */
const ofTeam: Claim =
  ({ index }) =>
  ({ record: { task } }) =>
    task === 'worker'
      ? undefined
      : { key: task, hooks: { feasible: (_, out) => out.intersect(index.withLabel('team', task)) } };

/** Every task sees the nodes zone by zone. */
const byZone: Claim = (snapshot) => () => ({
  key: 'zones',
  hooks: {},
  order: () => Int32Array.from(inZones(snapshot).flatMap(([, nodes]) => nodes)),
});

/** Node indices by zone, the zones by name. */
function inZones({ nodes }: Snapshot): readonly (readonly [zone: string, nodes: number[]])[] {
  const zones = Map.groupBy(nodes.records.keys(), (node) => nodes.records[node]?.labels.get('zone') ?? '');
  return [...zones].toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function team(name: string): { readonly labels: ReadonlyMap<string, string> } {
  return { labels: new Map([['team', name]]) };
}

describe('a context', () => {
  it('shows the nodes in its own way to the tasks that a plugin claims, and to no others of their class', () => {
    const world = claiming(ofTeam).node('n1', amounts(4), team('blue')).node('n2', amounts(2), team('red'));
    world
      .gang('plain', { count: 2, requests: amounts(1) })
      .gang('claimed', { count: 2, requests: amounts(1), task: 'red' });
    expect(world.cycle().placed).to.deep.equal({
      'plain-0': 'n1',
      'plain-1': 'n1',
      'claimed-0': 'n2',
      'claimed-1': 'n2',
    });
  });

  it('lets groups that are alike but for it be refused and placed side by side', () => {
    const world = claiming(ofTeam).node('n1', amounts(2), team('blue'));
    for (const [name, task] of [
      ['a', 'red'],
      ['b', 'worker'],
      ['c', 'red'],
      ['d', 'blue'],
    ] as const)
      world.gang(name, { count: 1, requests: amounts(1), task });
    const { placed, refused } = world.cycle();
    expect(placed).to.deep.equal({ 'b-0': 'n1', 'd-0': 'n1' });
    expect(refused).to.have.keys('a', 'c');
  });

  it('asks once for groups that are alike and see the nodes in the same way, but for such as see who stands there', () => {
    const asked = (context: Partial<PlacementContext>): number => {
      let groups = 0;
      const { priority } = PLUGINS;
      const counts: Plugin = {
        name: priority.name,
        make: () => ({
          contextFn: () => ({ key: 'all', hooks: {}, ...context }),
          overusedFn: () => {
            groups += 1;
            return undefined;
          },
        }),
      };
      const world = new SchedulerWorld(DEFAULT_POLICY, { ...PLUGINS, priority: counts }).nodes(1, amounts(1));
      world.gang('x', { count: 1, requests: amounts(1) }).cycle();
      groups = 0;
      for (const name of ['a', 'b', 'c']) world.gang(name, { count: 1, requests: amounts(1) });
      world.cycle();
      return groups;
    };
    const changing = { version: () => 0, hooks: { feasibleNode: () => true } };
    expect(asked({})).to.equal(1);
    expect(asked(changing)).to.equal(3);
    expect(asked({ ...changing, followsNodes: true })).to.equal(1);
    expect(asked({ ...changing, hooks: { scoreNode: () => 1 } })).to.equal(1);
  });

  it('lets the members of one gang see different nodes', () => {
    const world = claiming(ofTeam).node('n1', amounts(1), team('blue')).node('n2', amounts(4), team('red'));
    world.group('g', 3);
    for (const task of ['blue', 'red', 'green'])
      world.pods('g', { count: 1, requests: amounts(1), prefix: task, task });
    expect(world.cycle().refused['g']).to.match(/^NotEnoughResources/);
    world.node('n3', amounts(1), team('green'));
    expect(world.cycle().placed).to.deep.equal({ 'blue-0': 'n1', 'red-0': 'n2', 'green-0': 'n3' });
  });

  it('is forgotten when nobody of it was placed for a while', () => {
    const world = claiming(ofTeam).node('n1', amounts(1), team('red')).gang('a', { count: 1, task: 'red' });
    world.cycle();
    expect(world.scheduler.framework.pickers).to.equal(1);
    for (let cycle = 0; cycle < 20; cycle += 1) world.cycle();
    expect(world.scheduler.framework.pickers).to.equal(0);
  });

  it('may have an order of the nodes, and finds the best of any range of it', () => {
    const node = fc.record({ zone: fc.constantFrom('a', 'b', 'c'), cpus: fc.integer({ min: 0, max: 4 }) });
    fc.assert(
      fc.property(fc.array(node, { maxLength: 150 }), fc.array(fc.nat(), { maxLength: 12 }), (nodes, placed) => {
        const world = claiming(byZone);
        for (const [n, { zone, cpus }] of nodes.entries())
          world.node(`n${String(n).padStart(3, '0')}`, amounts(cpus), { labels: new Map([['zone', zone]]) });
        world.gang('probe', { count: 1, requests: amounts(1) });
        const { snapshot, scheduler } = world;
        snapshot.settle();
        const task = snapshot.tasks.get('uid-probe-0');
        if (task === undefined) throw new Error('no task');
        const picker = scheduler.framework.picker(task);
        for (const at of [undefined, ...placed]) {
          // Somebody else takes a node, and the picker catches up.
          if (at !== undefined && nodes.length > 0) {
            const place = {
              nodeName: snapshot.nodes.records[at % nodes.length]?.name ?? '',
              phase: 'Running',
            } as const;
            world.pods('others', { count: 1, requests: amounts(1), prefix: `other-${at}`, ...place });
          }
          let first = 0;
          for (const [, zone] of inZones(snapshot)) {
            const free = zone.filter((n) => (snapshot.nodes.available[0]?.[n] ?? 0) >= 1000);
            const best = picker.bestBetween(first, first + zone.length);
            expect(best >= 0).to.equal(free.length > 0);
            if (best >= 0) expect(free).to.include(best);
            first += zone.length;
          }
          expect(picker.best() >= 0).to.equal(picker.bestBetween(0, nodes.length) >= 0);
        }
      }),
      { numRuns: 100 },
    );
  });

  it('cannot have the wishes of two plugins', () => {
    const { nodeorder } = PLUGINS;
    const wishes = { partOf: new Int32Array(1), levelOf: () => 0, scores: () => [0] };
    const wishful = (name: string): Plugin => ({
      name,
      make: (snapshot, ...given) => ({
        ...nodeorder.make(snapshot, ...given),
        wishFn: () => ({ key: name, hooks: {}, wishes }),
      }),
    });
    const plugins = { ...PLUGINS, nodeorder: wishful('nodeorder'), binpack: wishful('binpack') };
    const world = new SchedulerWorld(DEFAULT_POLICY, plugins).nodes(1, amounts(1));
    world.gang('a', { count: 1, requests: amounts(1) });
    expect(() => world.cycle()).to.throw('two plugins have wishes for one task');
  });
});
