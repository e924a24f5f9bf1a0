import { expect } from 'chai';
import fc from 'fast-check';
import { makeShape } from '../../support/records.ts';
import { evicted, policy } from '../../support/evicting-world.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const RUNS = { numRuns: Number(process.env['SLUICE_WORLDS'] ?? 1000), seed: Number(process.env['SLUICE_SEED'] ?? 13) };

interface Size {
  readonly cpus: number;
  readonly gibs: number;
}

interface GangWorld {
  readonly nodes: readonly Size[];
  readonly pods: readonly Size[];
  readonly min: number;
}

const size = (most: number): fc.Arbitrary<Size> =>
  fc.record({ cpus: fc.integer({ min: 1, max: most }), gibs: fc.integer({ min: 1, max: most }) });

const gangWorld = (areAlike: boolean): fc.Arbitrary<GangWorld> =>
  fc
    .record({
      nodes: fc.array(size(6), { minLength: 1, maxLength: 4 }),
      pods: fc.array(size(4), { minLength: 1, maxLength: 6 }),
      min: fc.integer({ min: 1, max: 6 }),
    })
    .map(({ nodes, pods, min }) => ({
      nodes,
      pods: areAlike ? pods.map(() => pods[0] ?? { cpus: 1, gibs: 1 }) : pods,
      min: Math.min(min, pods.length),
    }));

/** So many of the pods have places at the same time, whoever they are and wherever they stand: every way is tried. */
function canPlace(nodes: readonly Size[], pods: readonly Size[], needed: number): boolean {
  const [pod, ...others] = pods;
  if (needed <= 0) return true;
  if (pod === undefined || pods.length < needed) return false;
  const isPlaced = nodes.some((node, n) => {
    if (node.cpus < pod.cpus || node.gibs < pod.gibs) return false;
    const left = { cpus: node.cpus - pod.cpus, gibs: node.gibs - pod.gibs };
    return canPlace(nodes.with(n, left), others, needed - 1);
  });
  return isPlaced || canPlace(nodes, others, needed);
}

/** The reason code of the gang, or `started`. */
function coreSays({ nodes, pods, min }: GangWorld): string {
  const world = new SchedulerWorld();
  for (const [n, { cpus, gibs }] of nodes.entries()) world.node(`n${n}`, amounts(cpus, gibs));
  world.group('gang', min);
  for (const [i, { cpus, gibs }] of pods.entries()) {
    world.pods('gang', { count: 1, requests: amounts(cpus, gibs), prefix: `p${i}`, createdMs: i });
  }
  const { placed, refused } = world.cycle();
  return Object.keys(placed).length >= min ? 'started' : (refused['gang'] ?? '').replace(/:.*/, '');
}

describe('a gang that is alone', () => {
  it('starts exactly when exhaustive search finds places for it, where its pods are alike', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(gangWorld(true), (world) => {
        const said = coreSays(world);
        seen.add(said);
        expect(said === 'started').to.equal(canPlace(world.nodes, world.pods, world.min));
      }),
      RUNS,
    );
    expect([...seen]).to.include.members(['started', 'NeverFits']);
  });

  it('starts only when exhaustive search finds places, and else seldom waits, where its pods differ', () => {
    const waits = { forMinimum: 0, forPacking: 0, started: 0 };
    fc.assert(
      fc.property(gangWorld(false), (world) => {
        const said = coreSays(world);
        const could = canPlace(world.nodes, world.pods, world.min);
        if (said === 'started') {
          waits.started += 1;
          expect(could).to.equal(true);
        } else if (could) {
          // "Never" is said by an upper bound, so it is never wrong.
          expect(said).to.equal('NotEnoughResources');
          if (world.min < world.pods.length) waits.forMinimum += 1;
          else waits.forPacking += 1;
        }
      }),
      RUNS,
    );
    if (process.env['SLUICE_SHOW'] !== undefined) console.log(waits);
    expect(waits.forMinimum + waits.forPacking).to.be.below(waits.started / 10);
  });
});

interface Stander {
  readonly name: string;
  readonly node: number;
  readonly cpus: number;
  readonly isHigh: boolean;
  readonly createdMs: number;
}

interface VictimWorld {
  readonly nodes: readonly number[];
  readonly standers: readonly Stander[];
  readonly asks: number;
}

const victimWorld: fc.Arbitrary<VictimWorld> = fc
  .record({
    nodes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 8 }),
    pods: fc.array(fc.record({ node: fc.nat(7), cpus: fc.integer({ min: 1, max: 3 }), isHigh: fc.boolean() }), {
      maxLength: 20,
      size: 'max',
    }),
    asks: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ nodes, pods, asks }) => {
    const free = [...nodes];
    const standers: Stander[] = [];
    for (const [i, { node: at, ...pod }] of pods.entries()) {
      const node = at % nodes.length;
      if ((free[node] ?? 0) < pod.cpus) continue;
      free[node] = (free[node] ?? 0) - pod.cpus;
      standers.push({ ...pod, node, name: `p${i}`, createdMs: i });
    }
    return { nodes, standers, asks };
  });

type Plan = readonly Stander[];

/** Of all sets of pods whose room would do, the one that spares the most important, then the next one, and so on. */
function bestOn(world: VictimWorld, node: number): Plan | undefined {
  const here = world.standers.filter((pod) => pod.node === node);
  // The most important first: of higher priority, then the older.
  const ranked = here.toSorted((a, b) => Number(b.isHigh) - Number(a.isHigh) || a.createdMs - b.createdMs);
  const used = here.reduce((sum, { cpus }) => sum + cpus, 0);
  // As binary numbers the sets are in the order of whom they spare.
  for (let set = 0; set < 2 ** ranked.length; set += 1) {
    const victims = ranked.filter((_, i) => (set & (1 << (ranked.length - 1 - i))) !== 0);
    const freed = victims.reduce((sum, { cpus }) => sum + cpus, 0);
    if ((world.nodes[node] ?? 0) - used + freed >= world.asks) return victims;
  }
  return undefined;
}

/**
 * The order between nodes of decision 0051: lower priorities, fewer pods (two priorities lie near each other, so that the sum
 * counted from the lowest one says that first), fewer of the higher one, the younger of the oldest of the most important,
 * the first node.
 */
function comparePlans(a: Plan, b: Plan): number {
  const highs = (plan: Plan): Plan => plan.filter(({ isHigh }) => isHigh);
  const oldest = (plan: Plan): number => {
    const most = highs(plan).length > 0 ? highs(plan) : plan;
    return Math.min(...most.map(({ createdMs }) => createdMs));
  };
  const byPriority = Math.min(1, highs(a).length) - Math.min(1, highs(b).length);
  return byPriority || a.length - b.length || highs(a).length - highs(b).length || oldest(b) - oldest(a);
}

describe('a pod that has others evicted', () => {
  it('takes two less important ones on a node, and spares a more important one that would have been enough', () => {
    const stander = (name: string, cpus: number, createdMs: number): Stander => {
      return { name, node: 0, cpus, isHigh: false, createdMs };
    };
    const standers = [stander('older', 2, 0), stander('b', 1, 1), stander('c', 1, 2)];
    expect(victimsOf({ nodes: [4], standers, asks: 2 })).to.deep.equal(['b', 'c']);
  });

  it('takes the victims that exhaustive search finds best, on up to 8 nodes', () => {
    const seen = { evictions: 0, couldBeFewer: 0 };
    fc.assert(
      fc.property(victimWorld, (world) => {
        const plans = world.nodes.flatMap((_, node) => [bestOn(world, node)]).filter((plan) => plan !== undefined);
        const isFree = plans.some((plan) => plan.length === 0);
        const [best] = isFree ? [[]] : plans.toSorted(comparePlans);
        const names = (best ?? []).map(({ name }) => name).toSorted();
        expect(victimsOf(world)).to.deep.equal(names);
        if (names.length > 0) seen.evictions += 1;
        if (names.length > 1 && isOneEnough(world, best ?? [])) seen.couldBeFewer += 1;
      }),
      RUNS,
    );
    if (process.env['SLUICE_SHOW'] !== undefined) console.log(seen);
    expect(seen.evictions).to.be.greaterThan(RUNS.numRuns / 4);
  });
});

/** One pod of no higher priority would have been enough on the same node, but is more important than those that go. */
function isOneEnough({ nodes, standers, asks }: VictimWorld, victims: Plan): boolean {
  const node = victims[0]?.node ?? 0;
  const here = standers.filter((pod) => pod.node === node);
  const free = (nodes[node] ?? 0) - here.reduce((sum, { cpus }) => sum + cpus, 0);
  const isAnyHigh = victims.some(({ isHigh }) => isHigh);
  return here.some(({ cpus, isHigh }) => free + cpus >= asks && (isAnyHigh || !isHigh));
}

function victimsOf({ nodes, standers, asks }: VictimWorld): readonly string[] {
  const world = new SchedulerWorld(policy('preempt'));
  for (const [name, value] of [
    ['low', 1],
    ['high', 10],
    ['highest', 20],
  ] as const) {
    world.snapshot.setPriorityClass({ name, value, isGlobalDefault: false, isPatient: false });
  }
  for (const [n, cpus] of nodes.entries()) world.node(`n${n}`, amounts(cpus));
  for (const { name, node, cpus, isHigh, createdMs } of standers) {
    world.group(name, 1, { createdMs, priorityClassName: isHigh ? 'high' : 'low', phase: 'Running' });
    world.running(name, name, `n${node}`, { requests: amounts(cpus), createdMs });
  }
  world.gang('asks', { count: 1, shape: makeShape(amounts(asks)) }, { createdMs: 99, priorityClassName: 'highest' });
  return evicted(world.cycle());
}
