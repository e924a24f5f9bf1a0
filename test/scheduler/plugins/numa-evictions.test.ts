import { expect } from 'chai';
import fc from 'fast-check';
import type { NumaPolicy } from '../../../src/api/records/numa-records.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import { evicted, leave } from '../../support/evicting-world.ts';
import { makeTopology, numaPod, numaPolicy } from '../../support/numa-records.ts';
import type { Layout } from '../../support/numa-records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const RUNS = Number(process.env['SLUICE_PROPERTY_RUNS'] ?? 60);

/** Somebody who runs: on which zone, with how many CPUs. */
interface Holding {
  readonly zone: number;
  readonly cpus: number;
  readonly priority: 'low' | 'high';
}

interface Setting extends Omit<Layout, 'used' | 'holders'> {
  readonly running: Readonly<Record<string, Holding>>;
  /** The exporter says which CPUs a pod has. */
  readonly tells?: boolean;
  /** CPUs of the node, zones or not. */
  readonly cpus?: number;
}

class NumaCluster extends SchedulerWorld {
  readonly #settings = new Map<string, Setting>();

  constructor() {
    super({ ...numaPolicy(), actions: ['enqueue', 'allocate', 'backfill', 'preempt'] });
    for (const [name, value] of [
      ['low', 1],
      ['high', 10],
    ] as const) {
      this.snapshot.setPriorityClass({ name, value, isGlobalDefault: false, isPatient: false });
    }
  }

  with(node: string, setting: Setting): this {
    this.#settings.set(node, setting);
    const { zones, running, cpus } = setting;
    this.node(node, amounts(cpus ?? zones.reduce((sum, each) => sum + each, 0)));
    this.publish(node);
    for (const [name, { cpus: held, priority }] of Object.entries(running)) {
      this.group(name, 1, { priorityClassName: priority, phase: 'Running' });
      const overrides = { nodeName: node, phase: 'Running' as const };
      this.snapshot.upsertTask(numaPod(name, name, ['none', [{ cpu: String(held) }]], overrides));
    }
    return this;
  }

  /** What the exporter sees once these have gone. */
  publish(node: string, without: readonly string[] = []): void {
    const setting = this.#settings.get(node);
    if (setting === undefined) return;
    const { zones, running, tells = true } = setting;
    const next = zones.map((_, zone) => zones.slice(0, zone).reduce((sum, each) => sum + each, 0));
    const used: number[] = [];
    const holders: JsonObject[] = [];
    for (const [name, { zone, cpus }] of Object.entries(running)) {
      const own = Array.from({ length: cpus }, () => (next[zone] = (next[zone] ?? 0) + 1) - 1);
      if (without.includes(name)) continue;
      used.push(...own);
      const has = { name: 'main', allocations: { cpu: own.join(',') } };
      holders.push({ uid: `uid-${name}`, ...(tells ? { containerAllocations: [has] } : {}) });
    }
    this.snapshot.numa.publish(makeTopology(node, { ...setting, used, holders }));
  }

  asks(name: string, cpus: readonly number[], policy: NumaPolicy = 'single-numa-node', priority = 'high'): this {
    this.group(name, cpus.length, { priorityClassName: priority });
    cpus.forEach((cpu, at) =>
      this.snapshot.upsertTask(numaPod(`${name}-${at}`, name, [policy, [{ cpu: String(cpu) }]])),
    );
    return this;
  }
}

const low = (zone: number, cpus: number): Holding => ({ zone, cpus, priority: 'low' });
const high = (zone: number, cpus: number): Holding => ({ zone, cpus, priority: 'high' });

describe('evictions for a NUMA node', () => {
  it('take those of one NUMA node, and nobody of another, although the node as a whole has room', () => {
    const on = new NumaCluster().with('n1', {
      zones: [4, 4],
      running: { a: low(0, 1), b: low(0, 1), c: low(1, 1), stays: high(1, 1) },
    });
    const outcome = on.asks('g', [4]).cycle();
    expect([evicted(outcome), outcome.pipelined]).to.deep.equal([['a', 'b'], { 'g-0': 'n1' }]);
  });

  it('do not happen where enough is freed only in sum, or nobody could be given so much', () => {
    const running = { a: low(0, 2), x: high(0, 2), b: low(1, 2), y: high(1, 2) };
    for (const cpus of [4, 5]) {
      const on = new NumaCluster().with('n1', { zones: [4, 4], running });
      expect(evicted(on.asks('g', [cpus]).cycle())).to.deep.equal([]);
    }
  });

  it('free two NUMA nodes for what restricted allows no less of, and nobody more than that takes', () => {
    const running = { a: low(0, 2), b: low(1, 2) };
    for (const [cpus, gone] of [
      [8, 2],
      [6, 1],
      [4, 1],
    ] as const) {
      const on = new NumaCluster().with('n1', { zones: [4, 4], policy: 'restricted', running });
      const outcome = on.asks('g', [cpus], 'restricted').cycle();
      expect(evicted(outcome).length, String(cpus)).to.equal(gone);
    }
  });

  it('of pods of which nobody knows on which NUMA node they are take as many as make one free for sure', () => {
    const running = { a: low(0, 2), b: low(1, 2), c: low(1, 1) };
    const on = new NumaCluster().with('n1', { zones: [4, 4], running, tells: false });
    expect(evicted(on.asks('g', [4]).cycle())).to.deep.equal(['a', 'b', 'c']);
    const some = new NumaCluster().with('n1', { zones: [4, 4], running, tells: false });
    expect(evicted(some.asks('g', [3]).cycle())).to.deep.equal(['a', 'b']);
  });

  it('give members of a gang NUMA nodes of their own, are not repeated while exporters lag, and keep them from the successors', () => {
    const on = new NumaCluster().with('n1', {
      zones: [4, 4],
      cpus: 16,
      running: { a: low(0, 2), b: low(1, 2) },
    });
    const first = on.asks('g', [4, 4]).cycle();
    expect(evicted(first)).to.deep.equal(['a', 'b']);
    leave(on, first);
    // Successors of both kinds come first, and the exporter has not told anything yet.
    on.queue('other');
    on.group('again', 1, { queue: 'other' });
    on.snapshot.upsertTask(numaPod('again-0', 'again', ['none', [{ cpu: '2' }]]));
    on.group('more', 1, { queue: 'other' });
    on.snapshot.upsertTask(numaPod('more-0', 'more', ['single-numa-node', [{ cpu: '2' }]]));
    const between = on.cycle();
    expect([evicted(between), between.placed, between.pipelined['g-0']]).to.deep.equal([[], {}, 'n1']);
    on.publish('n1', ['a', 'b']);
    expect(on.cycle().placed).to.include({ 'g-0': 'n1', 'g-1': 'n1' });
  });

  it('spare who is not in the way after all: one NUMA node may do for two', () => {
    const on = new NumaCluster().with('n1', { zones: [4, 4], running: { a: low(0, 2), b: low(1, 1), x: high(1, 3) } });
    expect(evicted(on.asks('g', [2, 2]).cycle())).to.deep.equal(['a']);
  });

  it('happen exactly where they can help, and take nobody who could stay', () => {
    const holder = fc.record({
      zone: fc.nat(1),
      cpus: fc.constantFrom(1, 2, 3),
      priority: fc.constantFrom('low' as const, 'high' as const),
    });
    const nodes = fc.array(fc.array(holder, { minLength: 2, maxLength: 6 }), { minLength: 1, maxLength: 2 });
    let some = 0;
    fc.assert(
      fc.property(nodes, fc.constantFrom(2, 3, 4), (cluster, wanted) => {
        const on = new NumaCluster();
        const held = cluster.flatMap((pods, n) => {
          const free = [4, 4];
          const running: Record<string, Holding> = {};
          pods.forEach((each, at) => {
            if ((free[each.zone] ?? 0) < each.cpus) return;
            free[each.zone] = (free[each.zone] ?? 0) - each.cpus;
            running[`p${n}-${at}`] = each;
          });
          on.with(`n${n}`, { zones: [4, 4], running });
          return Object.entries(running).map(([name, one]) => ({ ...one, name, at: `n${n} ${one.zone}` }));
        });
        const all = cluster.flatMap((_, n) => [`n${n} 0`, `n${n} 1`]);
        const hasRoom = (without: (name: string, priority: string) => boolean): boolean =>
          all.some((zone) => {
            const staying = held.filter(({ at, name, priority }) => at === zone && !without(name, priority));
            return staying.reduce((left, { cpus }) => left - cpus, 4) >= wanted;
          });
        const fits = hasRoom(() => false);
        const mayFit = hasRoom((_, priority) => priority === 'low');
        const outcome = on.asks('g', [wanted]).cycle();
        const gone = evicted(outcome);
        expect(Object.keys(outcome.placed)).to.deep.equal(fits ? ['g-0'] : []);
        expect(gone.length > 0).to.equal(!fits && mayFit);
        if (gone.length === 0) return;
        some += 1;
        expect(hasRoom((name) => gone.includes(name))).to.equal(true);
        for (const name of gone) expect(hasRoom((one) => one !== name && gone.includes(one))).to.equal(false);
        // Once they have left, and that is published, it has its place.
        leave(on, outcome);
        expect(evicted(on.cycle())).to.deep.equal([]);
        cluster.forEach((_, n) => {
          on.publish(`n${n}`, gone);
        });
        expect(Object.keys(on.cycle().placed)).to.deep.equal(['g-0']);
      }),
      { numRuns: RUNS },
    );
    expect(some).to.be.greaterThan(5);
  });
});
