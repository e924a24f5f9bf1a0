import { expect } from 'chai';
import fc from 'fast-check';
import { strategyText } from '../../../src/api/resource-strategy.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { readPolicy } from '../../../src/config/read-policy.ts';
import type { JsonValue } from '../../../src/lib/json.ts';
import { PLUGINS } from '../../../src/scheduler/plugins/registry.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { amounts, GPU, SchedulerWorld } from '../../support/scheduler-world.ts';

function read(options: JsonValue): ReturnType<typeof readPolicy> {
  const enforcing = ['gang', 'predicates', 'proportion'].map((name) => ({ name }));
  const own = { name: 'resource-strategy-fit', arguments: options };
  return readPolicy({ actions: 'enqueue, allocate', tiers: [{ plugins: [...enforcing, own] }] });
}

function policy(options: JsonValue): SchedulerPolicy {
  const result = read(options);
  if (result.kind === 'errors') throw new Error(`Cannot read the policy: ${JSON.stringify(result.errors)}`);
  return result.policy;
}

/** The node for a pod of 1 CPU, 1 GiB and, if so told, 1 GPU; `cpu` has its CPUs in use, `gpu` its GPUs, `empty` nothing. */
function choice(options: JsonValue, gpus: number, strategy = ''): string | undefined {
  const world = new SchedulerWorld(policy(options)).node('empty', amounts(8, 8, 8)).group('x', 1);
  world.node('cpu', amounts(8, 8, 8)).node('gpu', amounts(8, 8, 8));
  world.running('x', 'x', 'cpu', { requests: amounts(4, 4) }).running('y', 'x', 'gpu', { requests: { [GPU]: 4 } });
  return world.gang('choice', { count: 1, requests: amounts(1, 1, gpus), strategy }).cycle().placed['choice-0'];
}

const MOST = { type: 'MostAllocated' };
const LEAST = { type: 'LeastAllocated' };

describe('resource-strategy-fit', () => {
  const CASES: readonly (readonly [string, JsonValue, number, string])[] = [
    ['spreads CPU and memory where nothing is said', null, 0, 'empty'],
    ['packs what it is told to pack', { resources: { cpu: MOST } }, 0, 'cpu'],
    ['packs one resource and spreads another', { resources: { [GPU]: MOST, cpu: LEAST } }, 1, 'gpu'],
    ['looks at no resource that the pod does not ask for', { resources: { [GPU]: MOST, cpu: LEAST } }, 0, 'empty'],
    ['weighs them', { resources: { [GPU]: MOST, cpu: { ...MOST, weight: 9 } } }, 1, 'cpu'],
    ['takes a beginning for all names with it', { resources: { 'nvidia.com/*': MOST } }, 1, 'gpu'],
    ['takes the longest beginning', { resources: { 'n*': LEAST, 'nvidia.*': MOST, 'nv*': LEAST } }, 1, 'gpu'],
    ['takes the name itself first', { resources: { 'nvidia.com/gpu*': LEAST, [GPU]: MOST } }, 1, 'gpu'],
    ['spreads where a strategy names no type', { resources: { cpu: { weight: 2 } } }, 0, 'empty'],
    ['says nothing with the weight 0', { resourceStrategyFitWeight: 0, resources: { cpu: LEAST } }, 0, 'cpu'],
  ];
  for (const [name, options, gpus, want] of CASES) {
    it(name, () => {
      withoutAmbient(() => {
        expect(choice(options, gpus)).to.equal(want);
      });
    });
  }

  const OWN: readonly (readonly [string, JsonValue, string, string, string])[] = [
    ['the type', null, 'MostAllocated', '', 'cpu'],
    ['the type, against all that is given', { resources: { [GPU]: MOST, cpu: MOST } }, 'LeastAllocated', '', 'empty'],
    ['the weights', { resources: { [GPU]: MOST, cpu: MOST } }, '', `{"cpu": 9, "${GPU}": 1}`, 'cpu'],
    [
      'the weights, the other way round',
      { resources: { [GPU]: MOST, cpu: MOST } },
      '',
      `{"cpu": 1, "${GPU}": 9}`,
      'gpu',
    ],
    ['both', null, 'MostAllocated', `{"${GPU}": 1}`, 'gpu'],
    ['nothing that can be read', { resources: { [GPU]: MOST } }, 'Some', '{"cpu": "much"}', 'gpu'],
    ['no resources', { resources: { [GPU]: MOST } }, '', '[1]', 'gpu'],
    ['half of a text', { resources: { [GPU]: MOST } }, '', '{"cpu"', 'gpu'],
  ];
  for (const [name, options, type, weights, want] of OWN) {
    it(`goes by what a pod says itself: ${name}`, () => {
      withoutAmbient(() => {
        expect(choice(options, 1, strategyText(type, weights))).to.equal(want);
      });
    });
  }

  it('goes by a strategy for the pods alone that have it', () => {
    const own = strategyText('MostAllocated', '{"cpu": 1}');
    expect([choice(null, 1, own), choice(null, 1)]).to.deep.equal(['cpu', 'empty']);
    expect(strategyText('MostAllocated', `{"${'x'.repeat(2000)}": 1}`)).to.equal('');
  });

  const ERRORS: readonly (readonly [string, JsonValue, string])[] = [
    ['a type that is none', { cpu: { type: 'Some' } }, 'tiers[0].plugins[3].arguments.resources[cpu].type'],
    ['a weight that is none', { cpu: { weight: 0 } }, 'tiers[0].plugins[3].arguments.resources[cpu].weight'],
    ['a field that is none', { cpu: { wait: 1 } }, 'tiers[0].plugins[3].arguments.resources[cpu].wait'],
    ['a * alone', { '*': {} }, 'tiers[0].plugins[3].arguments.resources[*]'],
    ['a * within a name', { 'a*b': {} }, 'tiers[0].plugins[3].arguments.resources[a*b]'],
    ['a strategy that is no map', { cpu: 'MostAllocated' }, 'tiers[0].plugins[3].arguments.resources[cpu]'],
    ['a list', ['cpu'], 'tiers[0].plugins[3].arguments.resources'],
  ];
  for (const [name, resources, field] of ERRORS) {
    it(`is refused with ${name}`, () => {
      const result = read({ resources });
      expect(result.kind === 'errors' && result.errors.map((error) => error.path)).to.deep.equal([field]);
    });
  }

  // Of four nodes that offer nothing scarce, one, the other, or both, by Volcano's formula: 100 x (1 - offered weights / all weights).
  const SCARCE: readonly (readonly [string, JsonValue, readonly number[]])[] = [
    ['each counts as much as another', { enable: true, resources: `${GPU}, example.com/fpga` }, [100, 50, 50, 0]],
    [
      'they count by their weights',
      { enable: true, resources: `${GPU},example.com/fpga`, weight: 2, resourceWeight: { [GPU]: 3 } },
      [200, 50, 150, 0],
    ],
    ['nothing scores while it is off', { enable: false, resources: GPU }, [0, 0, 0, 0]],
    ['nothing scores without a weight', { enable: true, resources: GPU, weight: 0 }, [0, 0, 0, 0]],
  ];
  for (const [name, sra, want] of SCARCE) {
    it(`keeps nodes with scarce resources for others: ${name}`, () => {
      const world = new SchedulerWorld().node('a', amounts(8));
      world.node('b', amounts(8, 0, 1)).node('c', { ...amounts(8), 'example.com/fpga': 1 });
      world.node('d', { ...amounts(8, 0, 1), 'example.com/fpga': 1 }).gang('x', { count: 1, requests: amounts(1) });
      world.cycle();
      const { snapshot } = world;
      const options =
        policy({ resourceStrategyFitWeight: 0, sra }).tiers[0]?.at(-1)?.arguments ?? new Map<string, never>();
      const { scoreNode } = PLUGINS['resource-strategy-fit'].make(snapshot, options, { actions: [] });
      const [taskClass] = Array.from(snapshot.tasks.values(), (task) => task.class);
      if (taskClass === undefined) throw new Error('Cannot score: no class');
      const scores = [0, 1, 2, 3].map((node) => Math.round(scoreNode?.(taskClass, node) ?? NaN));
      expect(scores).to.deep.equal(want);
    });
  }

  it('is refused where something is turned on without names of resources', () => {
    const told = (options: JsonValue): readonly string[] => {
      const result = read(options);
      return result.kind === 'errors' ? result.errors.map(({ path, kind }) => `${path} ${kind}`) : [];
    };
    expect([told({ sra: { enable: true } }), told({ proportional: { enable: true } })]).to.deep.equal([
      ['tiers[0].plugins[3].arguments.sra FieldValueNotSupported'],
      ['tiers[0].plugins[3].arguments.proportional FieldValueNotSupported'],
    ]);
  });

  it('packs as binpack does, where all that is asked for is packed', () => {
    const node = fc.record({ cpus: fc.integer({ min: 4, max: 9 }), used: fc.integer({ min: 0, max: 3 }) });
    fc.assert(
      fc.property(fc.array(node, { minLength: 1, maxLength: 6 }), (nodes) => {
        const world = new SchedulerWorld().group('x', 1);
        nodes.forEach(({ cpus, used }, n) => {
          world.node(`n${n}`, amounts(cpus, 8)).running(`x-${n}`, 'x', `n${n}`, { requests: amounts(used, 1) });
        });
        const { snapshot } = world.gang('a', { count: 1, requests: amounts(1, 2) });
        snapshot.settle();
        const task = snapshot.tasks.get('uid-a-0');
        if (task === undefined) throw new Error('Cannot score: there is no task');
        const packed = policy({ resources: { cpu: MOST, memory: MOST } }).tiers[0]?.[3]?.arguments ?? new Map();
        const fit = PLUGINS['resource-strategy-fit'].make(snapshot, packed, DEFAULT_POLICY);
        const bins = PLUGINS.binpack.make(
          snapshot,
          plugin('binpack', { 'binpack.weight': 10 }).arguments,
          DEFAULT_POLICY,
        );
        for (let n = 0; n < nodes.length; n += 1) {
          expect(fit.scoreNode?.(task.class, n)).to.be.closeTo(bins.scoreNode?.(task.class, n) ?? NaN, 1e-9);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('gives a node that is too full nothing', () => {
    const { snapshot } = new SchedulerWorld(DEFAULT_POLICY)
      .node('n', amounts(1, 8))
      .gang('a', { count: 1, requests: amounts(2, 1) });
    snapshot.settle();
    const task = snapshot.tasks.get('uid-a-0');
    const { scoreNode } = PLUGINS['resource-strategy-fit'].make(snapshot, new Map(), DEFAULT_POLICY);
    expect(task && scoreNode?.(task.class, 0)).to.equal(0);
  });
});
