import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { PluginOption, SchedulerPolicy } from '../../../src/config/policy.ts';
import { podWith } from '../../../src/api/records/stored-pod.ts';
import { holdsNode } from '../../../src/scheduler/model/task-status.ts';
import { makePod, makeShape } from '../../support/records.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';
import type { Outcome } from '../../support/scheduler-world.ts';

const WHOLE_GANGS_GO: PluginOption = { ...plugin('gang'), off: new Set(['enablePreemptable', 'enableReclaimable']) };

function policy(gang = plugin('gang')): SchedulerPolicy {
  return {
    ...DEFAULT_POLICY,
    actions: ['enqueue', 'allocate', 'backfill', 'preempt'],
    tiers: [
      [plugin('priority'), gang, plugin('conformance')],
      [plugin('drf'), plugin('predicates'), plugin('proportion'), plugin('binpack')],
    ],
  };
}

interface Demand {
  readonly cpus: number;
  readonly gibs: number;
  readonly gpus: number;
}

interface Group {
  readonly demand: Demand;
  readonly count: number;
}

const demand = fc.record({ cpus: fc.integer({ min: 1, max: 4 }), gibs: fc.nat(4), gpus: fc.nat(2) });
const room = fc.record({
  cpus: fc.integer({ min: 1, max: 20 }),
  gibs: fc.integer({ min: 1, max: 20 }),
  gpus: fc.integer({ min: 1, max: 8 }),
});
const groups = fc.array(fc.record({ demand, count: fc.integer({ min: 1, max: 8 }) }), { minLength: 1, maxLength: 6 });

function requests({ cpus, gibs, gpus }: Demand): Record<string, number> {
  return amounts(cpus, gibs, gpus);
}

/** Pods by group. The one with the smallest dominant share takes one more until nothing of its fits. */
function plainDrf(total: Demand, wanted: readonly Group[]): number[] {
  const placed = wanted.map(() => 0);
  const kinds = ['cpus', 'gibs', 'gpus'] as const;
  const used = (kind: keyof Demand): number =>
    wanted.reduce((sum, group, g) => sum + group.demand[kind] * (placed[g] ?? 0), 0);
  const share = (g: number): number =>
    Math.max(...kinds.map((kind) => ((wanted[g]?.demand[kind] ?? 0) * (placed[g] ?? 0)) / total[kind]));
  let left = wanted.map((_, g) => g);
  while (left.length > 0) {
    const least = Math.min(...left.map(share));
    const next = left.find((g) => share(g) === least) ?? -1;
    const group = wanted[next];
    const fits =
      group !== undefined &&
      (placed[next] ?? 0) < group.count &&
      kinds.every((kind) => used(kind) + group.demand[kind] <= total[kind]);
    if (fits) placed[next] = (placed[next] ?? 0) + 1;
    else left = left.filter((g) => g !== next);
  }
  return placed;
}

function standing(on: SchedulerWorld, group: string): number {
  return [...(on.snapshot.jobs.get(`ns/${group}`)?.tasks.values() ?? [])].filter(({ status }) => holdsNode(status))
    .length;
}

describe('drf, on any node and with any groups', () => {
  it('gives out what plain dominant resource fairness gives out', () => {
    let short = 0;
    fc.assert(
      fc.property(room, groups, (total, wanted) => {
        const on = new SchedulerWorld(policy()).node('n1', requests(total));
        for (const [g, { demand: each, count }] of wanted.entries()) {
          on.gang(`g${g}`, { count, requests: requests(each) }, { minMember: 1, createdMs: g });
        }
        on.cycle();
        const want = plainDrf(total, wanted);
        expect(wanted.map((_, g) => standing(on, `g${g}`))).to.deep.equal(want);
        if (want.some((count, g) => count > 0 && count < (wanted[g]?.count ?? 0))) short += 1;
      }),
      { numRuns: 1000, seed: 31 },
    );
    expect(short).to.be.greaterThan(200);
  });
});

interface Wave {
  readonly min: number;
  readonly count: number;
  /** In turn, so that groups have pods that do not weigh in their dominant resource. */
  readonly demands: readonly Demand[];
  readonly comesAt: number;
}

const wave = fc.record({
  min: fc.integer({ min: 1, max: 3 }),
  count: fc.integer({ min: 1, max: 6 }),
  demands: fc.array(demand, { minLength: 1, maxLength: 2 }),
  comesAt: fc.nat(4),
});
const waves = fc.array(wave, { minLength: 2, maxLength: 6 });
const rooms = fc.array(room, { minLength: 1, maxLength: 3 });

/** A cluster in which pods that are bound run, and those that are evicted are gone at once and made again. */
class Living {
  readonly #on: SchedulerWorld;
  #again = 0;

  constructor(which: SchedulerPolicy, nodes: readonly Demand[]) {
    this.#on = new SchedulerWorld(which);
    for (const [n, each] of nodes.entries()) this.#on.node(`n${n}`, requests(each));
  }

  come(name: string, { min, count, demands }: Wave, at: number): void {
    this.#on.group(name, Math.min(min, count), { createdMs: at });
    for (let i = 0; i < count; i += 1) {
      const each = demands[i % demands.length];
      if (each !== undefined)
        this.#on.snapshot.upsertTask(makePod(`${name}-${i}`, name, makeShape(requests(each)), { createdMs: i }));
    }
  }

  step(): Outcome {
    const outcome = this.#on.cycle();
    const { snapshot } = this.#on;
    for (const decision of outcome.decisions) {
      if (decision.kind === 'evict') this.#makeAgain(decision.uid);
      if (decision.kind !== 'gang') continue;
      for (const { uid, node } of decision.binds) {
        const task = snapshot.tasks.get(uid);
        if (task !== undefined) snapshot.upsertTask(podWith(task.record, { nodeName: node, phase: 'Running' }));
      }
    }
    return outcome;
  }

  #makeAgain(uid: string): void {
    const { snapshot } = this.#on;
    const record = snapshot.tasks.get(uid)?.record;
    if (record === undefined) return;
    snapshot.removeTask(uid);
    this.#again += 1;
    snapshot.upsertTask(makePod(`again-${this.#again}`, record.group, record.shape));
  }
}

function evictions({ decisions }: Outcome): number {
  return decisions.filter(({ kind }) => kind === 'evict').length;
}

function isStill(outcome: Outcome): boolean {
  return evictions(outcome) === 0 && Object.keys(outcome.placed).length === 0;
}

describe('preemption by dominant shares among equal priorities', () => {
  for (const [name, which] of [
    ['gangs keep their minimum', policy()],
    ['gangs may go as a whole', policy(WHOLE_GANGS_GO)],
  ] as const) {
    it(`comes to an end and stays there, although evicted pods are made again, where ${name}`, () => {
      let evicted = 0;
      fc.assert(
        fc.property(rooms, waves, (nodes, coming) => {
          const living = new Living(which, nodes);
          let still = 0;
          for (let at = 0; at < 60 && still < 10; at += 1) {
            for (const [g, each] of coming.entries()) if (each.comesAt === at) living.come(`g${g}`, each, at);
            const outcome = living.step();
            evicted += evictions(outcome);
            const isQuiet = at > 5 && isStill(outcome);
            // Once nothing moved, nothing ever does.
            expect(still > 0 && !isQuiet, `cycle ${at}`).to.equal(false);
            if (isQuiet) still += 1;
          }
          expect(still).to.equal(10);
        }),
        { numRuns: 500, seed: 32 },
      );
      expect(evicted).to.be.greaterThan(100);
    });
  }

  it('never lets a group take back what went for another', () => {
    let swapped = 0;
    const held = fc.array(demand, { maxLength: 3 });
    fc.assert(
      fc.property(room, held, held, demand, demand, (total, ofA, ofB, wanted, lost) => {
        const on = new SchedulerWorld(policy()).node('n1', requests(total)).group('a', 1).group('b', 1);
        const runs = (group: string, pod: string, each: Demand): SchedulerWorld =>
          on.running(pod, group, 'n1', { requests: requests(each) });
        const mayTake = (asking: string, candidate: string): boolean => {
          on.snapshot.settle();
          const [preemptor, victim] = [asking, candidate].map((pod) => on.snapshot.tasks.get(`uid-${pod}`));
          if (preemptor === undefined || victim === undefined) throw new Error('no such pod');
          return on.scheduler.framework.victims.count('preempt', preemptor, [victim]).length > 0;
        };
        ofA.forEach((each, i) => runs('a', `a-${i}`, each));
        ofB.forEach((each, i) => runs('b', `b-${i}`, each));
        runs('a', 'lost', lost).pods('b', { count: 1, requests: requests(wanted), prefix: 'wanted' });
        if (!mayTake('wanted-0', 'lost')) return;
        on.snapshot.removeTask('uid-lost');
        on.snapshot.removeTask('uid-wanted-0');
        on.pods('a', { count: 1, requests: requests(lost), prefix: 'lost' });
        runs('b', 'wanted', wanted);
        expect(mayTake('lost-0', 'wanted')).to.equal(false);
        swapped += 1;
      }),
      { numRuns: 2000, seed: 33 },
    );
    expect(swapped).to.be.greaterThan(200);
  });
});

describe('decisions with drf', () => {
  it('are the same in whatever order groups and pods came', () => {
    let busy = 0;
    fc.assert(
      fc.property(rooms, waves, fc.nat(), (nodes, coming, shift) => {
        const told = (order: readonly number[]): unknown => {
          const living = new Living(policy(), nodes);
          for (const g of order) {
            const each = coming[g];
            if (each !== undefined && each.comesAt < 3) living.come(`g${g}`, each, each.comesAt);
          }
          const first = [living.step(), living.step()];
          for (const g of order) {
            const each = coming[g];
            if (each !== undefined && each.comesAt >= 3) living.come(`g${g}`, each, each.comesAt);
          }
          return [...first, living.step(), living.step()].map(inOrder);
        };
        const order = coming.map((_, g) => g);
        const other = [...order.slice(shift % order.length), ...order.slice(0, shift % order.length)].toReversed();
        const want = told(order);
        expect(told(other)).to.deep.equal(want);
        if (JSON.stringify(want).includes('evict')) busy += 1;
      }),
      { numRuns: 500, seed: 34 },
    );
    expect(busy).to.be.greaterThan(50);
  });

  function inOrder({ decisions }: Outcome): unknown {
    const told = decisions.filter(({ kind }) => kind === 'gang' || kind === 'evict' || kind === 'pipeline');
    return told.map((each) => JSON.stringify(each)).toSorted();
  }
});
