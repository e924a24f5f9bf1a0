import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { ActionName, PluginOption, SchedulerPolicy } from '../../../src/config/policy.ts';
import { makePod, makePodGroup, makeShape } from '../../support/records.ts';
import { evictionsOf, LivingWorld } from '../../support/living-world.ts';
import { amounts } from '../../support/scheduler-world.ts';

const NAMESPACE_ORDER = new Map([['drf.namespaceOrder', true]]);

function policy(actions: readonly ActionName[] = [], isTree = false): SchedulerPolicy {
  const drf: PluginOption = {
    ...plugin('drf'),
    arguments: NAMESPACE_ORDER,
    ...(isTree ? { isHierarchical: true } : {}),
  };
  return {
    ...DEFAULT_POLICY,
    actions: ['enqueue', 'allocate', 'backfill', ...actions],
    tiers: [
      [plugin('priority'), plugin('gang'), plugin('conformance')],
      [drf, plugin('predicates'), ...(isTree ? [] : [plugin('proportion')]), plugin('binpack')],
    ],
  };
}

/** Twelve CPUs. */
function cluster(which = policy()): LivingWorld {
  return new LivingWorld(which).node('n1', amounts(12)) as LivingWorld;
}

/** A group of pods of one CPU, of which some run; each can start alone. */
function group(
  on: LivingWorld,
  key: string,
  pods: { readonly runs?: number; readonly waits?: number },
  queue = 'default',
): void {
  const [namespace = '', name = ''] = key.split('/');
  on.snapshot.upsertJob(
    makePodGroup(name, 1, { key, namespace, queue, phase: pods.runs === undefined ? '' : 'Running' }),
  );
  const bring = (count: number, prefix: string, overrides: object): void => {
    for (let i = 0; i < count; i += 1) {
      const pod = `${prefix}-${namespace}-${name}-${i}`;
      const record = makePod(pod, name, makeShape(amounts(1)), { key: `${namespace}/${pod}`, namespace, ...overrides });
      on.snapshot.upsertTask(record);
    }
  };
  bring(pods.runs ?? 0, 'r', { nodeName: 'n1', phase: 'Running' });
  bring(pods.waits ?? 0, 'w', {});
}

function weigh(on: LivingWorld, name: string, weight: string): void {
  const labels = ['volcano.sh/namespace.weight', weight];
  on.snapshot.upsertNamespace({ name, deleting: false, labels, optedIn: true, defaultQueue: '' });
}

/** Number of pods that each group holds. */
function held(on: LivingWorld): Record<string, number> {
  return Object.fromEntries(Array.from(on.snapshot.jobs, ([key, job]) => [key, job.placed()]));
}

describe('the order of namespaces within a queue', () => {
  const cases: readonly (readonly [string, (on: LivingWorld) => void, Readonly<Record<string, number>>])[] = [
    [
      'is no order of groups: many groups of one namespace get no more than one of another',
      (on) => {
        for (const name of ['a', 'b', 'c']) group(on, `one/${name}`, { waits: 12 });
        group(on, 'two/a', { waits: 12 });
      },
      { 'one/a': 2, 'one/b': 2, 'one/c': 2, 'two/a': 6 },
    ],
    [
      'goes by weight',
      (on) => {
        weigh(on, 'two', '3');
        group(on, 'one/a', { waits: 12 });
        group(on, 'two/a', { waits: 12 });
      },
      { 'one/a': 3, 'two/a': 9 },
    ],
    [
      'takes a weight that cannot be read, or is below 1, as 1',
      (on) => {
        weigh(on, 'one', 'x');
        weigh(on, 'two', '0');
        group(on, 'one/a', { waits: 12 });
        group(on, 'two/a', { waits: 12 });
      },
      { 'one/a': 6, 'two/a': 6 },
    ],
    [
      'counts what a namespace holds in other queues',
      (on) => {
        on.queue('other');
        group(on, 'one/o', { runs: 4 }, 'other');
        group(on, 'one/a', { waits: 12 });
        group(on, 'two/a', { waits: 12 });
      },
      { 'one/o': 4, 'one/a': 2, 'two/a': 6 },
    ],
    [
      'gives what nobody else of the queue asks for to who asks',
      (on) => {
        group(on, 'one/a', { waits: 12 });
        group(on, 'two/a', { waits: 1 });
      },
      { 'one/a': 11, 'two/a': 1 },
    ],
  ];
  for (const [name, prepare, wanted] of cases) {
    it(name, () => {
      const on = cluster();
      prepare(on);
      on.live();
      expect(held(on)).to.deep.equal(wanted);
    });
  }

  it('goes together with a hierarchy of queues', () => {
    const on = cluster(policy([], true)).queue('q1').queue('q2') as LivingWorld;
    for (const name of ['a', 'b', 'c']) group(on, `one/${name}`, { waits: 12 }, 'q1');
    group(on, 'two/a', { waits: 12 }, 'q1');
    group(on, 'three/a', { waits: 12 }, 'q2');
    on.live();
    expect(held(on)).to.deep.equal({ 'one/a': 1, 'one/b': 1, 'one/c': 1, 'two/a': 3, 'three/a': 6 });
  });

  it('lets nobody go for a group whose namespace does not hold less', () => {
    for (const [namespace, count] of [
      ['one', 0],
      ['two', 1],
    ] as const) {
      const on = cluster(policy(['preempt']));
      group(on, 'one/a', { runs: 8 });
      group(on, 'one/b', { runs: 2 });
      group(on, 'two/b', { runs: 2 });
      // Its own share is the smallest: drf alone would let pods of both go.
      group(on, 'one/c', { waits: namespace === 'one' ? 1 : 0 });
      group(on, 'two/c', { waits: namespace === 'two' ? 1 : 0 });
      const evicted = evictionsOf(on.cycle()).map((each) => each.group);
      expect(evicted.filter((key) => !key.startsWith(namespace)).length, namespace).to.equal(count);
    }
  });

  it('counts for each namespace what its groups hold, whatever comes and goes', () => {
    const step = fc.record({
      what: fc.nat(4),
      namespace: fc.nat(2),
      name: fc.nat(2),
      pods: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const on = cluster();
        steps.forEach(({ what, namespace, name, pods }, i) => {
          const key = `ns${namespace}/g${name}`;
          if (what <= 1) group(on, key, what === 0 ? { waits: pods } : { runs: pods });
          else if (what === 2) on.snapshot.removeJob(key);
          else if (what === 3) on.snapshot.removeTask([...on.snapshot.tasks.keys()][i] ?? '');
          else on.live();
        });
        on.live();
        for (const job of on.snapshot.jobs.values()) {
          const own = [...on.snapshot.jobs.values()].filter(({ record }) => record.namespace === job.record.namespace);
          const share = own.reduce((sum, each) => sum + each.holdings().share(on.snapshot), 0);
          expect(job.tenant?.share(on.snapshot)).to.be.closeTo(share, 1e-9);
        }
      }),
      { numRuns: 200, seed: Number(process.env['SLUICE_SEED'] ?? 2) },
    );
  });

  it('comes to rest, and stays there for ten cycles while evicted pods are made again', () => {
    const asks = fc.record({
      namespace: fc.nat(2),
      queue: fc.nat(1),
      pods: fc.integer({ min: 1, max: 6 }),
      min: fc.integer({ min: 1, max: 3 }),
      cpus: fc.integer({ min: 1, max: 3 }),
      gibs: fc.integer({ min: 0, max: 3 }),
    });
    let evicted = 0;
    fc.assert(
      fc.property(fc.array(asks, { minLength: 2, maxLength: 10, size: 'max' }), fc.boolean(), (groups, isTree) => {
        const on = new LivingWorld(policy(['preempt', 'reclaim'], isTree));
        on.node('n1', amounts(6, 8)).node('n2', amounts(6, 8)).queue('q0').queue('q1');
        groups.forEach(({ namespace: n, queue, pods, min, cpus, gibs }, g) => {
          const [namespace, name] = [`ns${n}`, `g${g}`];
          const key = `${namespace}/${name}`;
          on.snapshot.upsertJob(
            makePodGroup(name, Math.min(min, pods), { key, namespace, queue: `q${queue}`, createdMs: g }),
          );
          for (let i = 0; i < pods; i += 1) {
            const overrides = { key: `${key}-${i}`, namespace, createdMs: g };
            on.snapshot.upsertTask(
              makePod(`${namespace}-${name}-${i}`, name, makeShape(amounts(cpus, gibs)), overrides),
            );
          }
          if (g % 2 === 0) return;
          const evictions = on.settle(10, 150);
          expect(evictions).to.be.lessThan(Infinity);
          evicted += evictions;
        });
      }),
      { numRuns: Number(process.env['SLUICE_RUNS'] ?? 100), seed: Number(process.env['SLUICE_SEED'] ?? 2) },
    );
    expect(evicted).to.be.greaterThan(50);
  });
});
