import { expect } from 'chai';
import fc from 'fast-check';
import type { Plugin, PluginSet } from '../../src/scheduler/framework/plugin.ts';
import { capacity } from '../../src/scheduler/plugins/capacity.ts';
import { PLUGINS } from '../../src/scheduler/plugins/registry.ts';
import { proportion } from '../../src/scheduler/plugins/proportion.ts';
import { DEFAULT_POLICY, plugin } from '../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import { makeShape } from '../support/records.ts';
import { decisionText } from '../support/scheduler-model.ts';
import { amounts, SchedulerWorld } from '../support/scheduler-world.ts';

const RUNS = { numRuns: Number(process.env['SLUICE_COMMANDS'] ?? 150), seed: Number(process.env['SLUICE_SEED'] ?? 7) };

/** The same plugins, of which one does not say what it grants together: it is asked for each task, and each gets its place by itself. */
const ONE_BY_ONE: PluginSet = { ...PLUGINS, proportion: withoutGrants(proportion), capacity: withoutGrants(capacity) };

function withoutGrants(shares: Plugin): Plugin {
  return {
    ...shares,
    make: (...facts) => {
      const { grantsFn: _, ...hooks } = shares.make(...facts);
      return hooks;
    },
  };
}

const POLICIES: Readonly<Record<string, SchedulerPolicy>> = {
  'by weight': DEFAULT_POLICY,
  'as declared': {
    ...DEFAULT_POLICY,
    tiers: DEFAULT_POLICY.tiers.map((tier) =>
      tier.map((each) => (each.name === 'proportion' ? plugin('capacity') : each)),
    ),
  },
};

/** The last two see the nodes in ways of their own: one has a port, one may not stand on all of them. */
const SHAPES = [
  makeShape(amounts(1, 1)),
  makeShape(amounts(2, 1)),
  makeShape(amounts(1, 4)),
  makeShape({}),
  makeShape(amounts(1, 1), { hostPorts: [{ protocol: 'TCP', port: 80, ip: '0.0.0.0' }] }),
  makeShape(amounts(1, 1), { nodeSelector: new Map([['kubernetes.io/hostname', 'n2']]) }),
];

interface Group {
  readonly shape: number;
  readonly count: number;
  readonly least: number;
  readonly stranger: number;
  readonly queue: number;
}

interface Cluster {
  readonly nodes: readonly number[];
  readonly groups: readonly Group[];
  readonly capability: number;
  readonly isSplit: boolean;
}

const group: fc.Arbitrary<Group> = fc.record({
  shape: fc.nat(SHAPES.length - 1),
  count: fc.oneof(fc.constant(1), fc.integer({ min: 2, max: 30 })),
  least: fc.nat(30),
  // Place of a member that is not like the others.
  stranger: fc.nat(60),
  queue: fc.nat(1),
});

const cluster: fc.Arbitrary<Cluster> = fc.record({
  nodes: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 8 }),
  groups: fc.array(group, { minLength: 1, maxLength: 24, size: 'max' }),
  capability: fc.integer({ min: 4, max: 60 }),
  isSplit: fc.boolean(),
});

/** What two cycles decide, of which the second sees what the first one left. */
function decided(facts: Cluster, policy: SchedulerPolicy, plugins: PluginSet): readonly string[] {
  const { nodes, groups, capability, isSplit } = facts;
  const world = new SchedulerWorld(policy, plugins);
  world.queue('default', { capability: new Map([['cpu', capability * 1000]]) }).queue('q1');
  nodes.forEach((size, n) => world.node(`n${n + 1}`, amounts(size, 2 * size)));
  groups.forEach(({ shape, count, least, stranger, queue }, g) => {
    const name = `g${g}`;
    world.group(name, Math.min(count, Math.max(1, least)), {
      createdMs: g,
      queue: isSplit && queue === 1 ? 'q1' : 'default',
    });
    for (let p = 0; p < count; p += 1) {
      const own = p === stranger ? shape + 1 : shape;
      const nominatedNode = p === stranger + 1 ? 'n1' : '';
      world.pods(name, {
        count: 1,
        prefix: `${name}-${p}`,
        shape: SHAPES[own % SHAPES.length] as never,
        nominatedNode,
      });
    }
  });
  return [decisionText(world.cycle().decisions), decisionText(world.cycle().decisions)];
}

describe('pods that differ in nothing', () => {
  for (const [name, policy] of Object.entries(POLICIES)) {
    it(`get the places together that each would get by itself, where shares are ${name}`, () => {
      let placed = 0;
      fc.assert(
        fc.property(cluster, (facts) => {
          const together = decided(facts, policy, PLUGINS);
          expect(together).to.deep.equal(decided(facts, policy, ONE_BY_ONE));
          placed += together.join('').split('"bind"').length - 1;
        }),
        RUNS,
      );
      expect(placed).to.be.greaterThan(2000);
    });
  }

  it('are placed in a row as far as the node goes on to be the best one', () => {
    const world = new SchedulerWorld().nodes(2, amounts(8, 32)).gang('g', { count: 1, requests: amounts(1, 4) });
    world.snapshot.settle();
    const [task] = world.snapshot.tasks.values();
    if (task === undefined) throw new Error('no task');
    const { framework } = world.scheduler;
    framework.open(0);
    const picker = framework.plainPicker(task.class);
    expect([picker.best(), picker.streak(0)]).to.deep.equal([0, 8]);
    world.snapshot.placements.place(task, 0, 1);
    expect([picker.best(), picker.streak(0), picker.streak(1)]).to.deep.equal([0, 7, 8]);
  });
});
