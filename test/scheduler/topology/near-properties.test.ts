import { expect } from 'chai';
import fc from 'fast-check';
import type { HyperNodeRecord } from '../../../src/api/records/hyper-node-record.ts';
import { podWith } from '../../../src/api/records/stored-pod.ts';
import { exactly, hard, makeHyperNode, SOFT } from '../../support/network.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';
import type { Outcome } from '../../support/scheduler-world.ts';
import { PART_LABEL, partsOf, splitGroup } from '../../support/sub-groups.ts';

/** `SLUICE_TREES` asks for a longer search, `SLUICE_SEED` for another one. */
const RUNS = { numRuns: Number(process.env['SLUICE_TREES'] ?? 60), seed: Number(process.env['SLUICE_SEED'] ?? 7) };

const CPUS = 4;

/** A random network: the free CPUs of each node, and which of the parts one tier below each part has. */
interface Net {
  readonly free: readonly number[];
  /** By tier from 1 on, of each part below (nodes first): the part it is in, 0 for none. */
  readonly above: readonly (readonly number[])[];
}

function isUsed(layer: readonly number[]): boolean {
  return layer.some((parent) => parent > 0);
}

/** The highest tier has some part. */
const NET: fc.Arbitrary<Net> = fc
  .tuple(fc.array(fc.integer({ min: 0, max: CPUS }), { minLength: 1, maxLength: 14 }), fc.integer({ min: 1, max: 3 }))
  .chain(([free, tiers]) => {
    const layers: fc.Arbitrary<readonly number[]>[] = [];
    let below = free.length;
    for (let tier = 1; tier <= tiers; tier += 1) {
      const parts = Math.max(1, Math.ceil(below / 2));
      layers.push(fc.array(fc.integer({ min: 0, max: parts }), { minLength: below, maxLength: below }));
      below = parts;
    }
    return fc.record({ free: fc.constant(free), above: fc.tuple(...layers) });
  })
  .map(({ free, above }) => ({ free, above: above.slice(0, above.findLastIndex(isUsed) + 1) }))
  .filter(({ above }) => above.length > 0);

function nameOf(tier: number, part: number): string {
  return tier === 0 ? `n${String(part).padStart(2, '0')}` : `t${tier}-${part}`;
}

/** Plain sets of nodes by tier, read off the net without any tree. */
function domains({ free, above }: Net): readonly ReadonlySet<number>[][] {
  let sets: ReadonlySet<number>[] = free.map((_, node) => new Set([node]));
  return above.map((layer) => {
    const next = new Map<number, Set<number>>();
    for (const [part, parent] of layer.entries()) {
      const holder = parent === 0 ? undefined : (next.get(parent) ?? new Set<number>());
      if (holder === undefined) continue;
      for (const node of sets[part] ?? []) holder.add(node);
      next.set(parent, holder);
    }
    const most = Math.max(0, ...next.keys());
    sets = Array.from({ length: most }, (_, at) => next.get(at + 1) ?? new Set<number>());
    return sets;
  });
}

function hyperNodes({ above }: Net): readonly HyperNodeRecord[] {
  return above.flatMap((layer, below) => {
    const parents = Map.groupBy(layer.entries(), ([, parent]) => parent);
    parents.delete(0);
    return [...parents].map(([parent, members]) => {
      const type = below === 0 ? 'Node' : 'HyperNode';
      const own = members.map(([part]) => exactly(type, nameOf(below, below === 0 ? part : part + 1)));
      return makeHyperNode(nameOf(below + 1, parent), below + 1, ...own);
    });
  });
}

function worldOf(net: Net): SchedulerWorld {
  const on = new SchedulerWorld();
  for (const [node, free] of net.free.entries()) {
    on.node(nameOf(0, node), amounts(CPUS));
    if (free < CPUS)
      on.group(`r${node}`, 1).running(`r${node}`, `r${node}`, nameOf(0, node), { requests: amounts(CPUS - free) });
  }
  for (const record of hyperNodes(net)) on.snapshot.network.upsert(record);
  return on;
}

function room(nodes: Iterable<number>, free: readonly number[], asked: number): number {
  let pods = 0;
  for (const node of nodes) pods += Math.floor((free[node] ?? 0) / asked);
  return pods;
}

function placedOn({ placed }: Outcome, prefix: string): readonly number[] {
  return Object.entries(placed).flatMap(([pod, node]) => (pod.startsWith(prefix) ? [Number(node.slice(1))] : []));
}

function isInOne(nodes: readonly number[], sets: readonly ReadonlySet<number>[]): boolean {
  return sets.some((set) => nodes.every((node) => set.has(node)));
}

/** The room of the tightest domain with room enough in the lowest tier that has one, up to the limit; undefined for none. */
function best(net: Net, count: number, asked: number, limit: number): { tier: number; room: number } | undefined {
  for (const [at, sets] of domains(net).slice(0, limit).entries()) {
    const rooms = sets.map((set) => room(set, net.free, asked)).filter((places) => places >= count);
    if (rooms.length > 0) return { tier: at + 1, room: Math.min(...rooms) };
  }
  return undefined;
}

const GANG = fc.record({ count: fc.integer({ min: 1, max: 10 }), asked: fc.integer({ min: 1, max: 3 }) });

describe('groups whose pods have to be near each other, in random networks', () => {
  it('are all within one domain of the lowest tier that could hold them, the tightest one, or wait', () => {
    fc.assert(
      fc.property(NET, GANG, fc.integer({ min: 1, max: 3 }), (net, { count, asked }, limit) => {
        const on = worldOf(net);
        on.gang('g', { count, requests: amounts(asked) }, { network: hard(limit) });
        const outcome = on.cycle();
        const nodes = placedOn(outcome, 'g-');
        const want = limit > net.above.length ? undefined : best(net, count, asked, limit);
        if (limit > net.above.length && best(net, count, asked, limit) === undefined) {
          // Above the highest tier stands the whole cluster.
          expect(nodes.length === count).to.equal(room(net.free.keys(), net.free, asked) >= count);
          return;
        }
        const lowest = want ?? best(net, count, asked, limit);
        expect(nodes.length, JSON.stringify(outcome.refused)).to.equal(lowest === undefined ? 0 : count);
        if (lowest === undefined) return;
        const sets = domains(net)[lowest.tier - 1] ?? [];
        const tightest = sets.filter((set) => room(set, net.free, asked) === lowest.room);
        expect(isInOne(nodes, tightest)).to.equal(true);
      }),
      RUNS,
    );
  });

  it('are near wherever they can be when they only wish, and wait for nothing', () => {
    fc.assert(
      fc.property(NET, GANG, (net, { count, asked }) => {
        const on = worldOf(net);
        on.gang('g', { count, requests: amounts(asked) }, { network: SOFT });
        const nodes = placedOn(on.cycle(), 'g-');
        expect(nodes.length === count).to.equal(room(net.free.keys(), net.free, asked) >= count);
        const want = best(net, count, asked, Infinity);
        if (want === undefined) return;
        const sets = domains(net)[want.tier - 1] ?? [];
        expect(
          isInOne(
            nodes,
            sets.filter((set) => room(set, net.free, asked) === want.room),
          ),
        ).to.equal(true);
      }),
      RUNS,
    );
  });

  it('are told that they never fit where no domain would hold them empty, and only there', () => {
    fc.assert(
      fc.property(NET, GANG, fc.integer({ min: 1, max: 3 }), (net, { count, asked }, limit) => {
        fc.pre(limit <= net.above.length && net.above[0]?.some((rack) => rack > 0) === true);
        const on = worldOf(net);
        on.gang('g', { count, requests: amounts(asked) }, { network: hard(limit) });
        const outcome = on.cycle();
        if (placedOn(outcome, 'g-').length > 0) return;
        const empty = { ...net, free: net.free.map(() => CPUS) };
        const isNever = best(empty, count, asked, limit) === undefined;
        // What is larger than the cluster, or than its queue may have, is told so before.
        expect(outcome.refused['g']?.startsWith('NeverFits')).to.equal(isNever);
      }),
      RUNS,
    );
  });

  it('never stand in part, and stay together while others come and go', () => {
    const step = fc.record({
      count: fc.integer({ min: 1, max: 5 }),
      asked: fc.integer({ min: 1, max: 2 }),
      limit: fc.integer({ min: 0, max: 2 }),
      more: fc.nat(2),
      ends: fc.nat(20),
    });
    fc.assert(
      fc.property(NET, fc.array(step, { minLength: 1, maxLength: 8 }), (net, steps) => {
        const on = worldOf({ ...net, free: net.free.map(() => CPUS) });
        const limits = new Map<string, number>();
        const stands = new Map<string, Map<string, number>>();
        for (const [at, { count, asked, limit, more, ends }] of steps.entries()) {
          const name = `g${at}x`;
          limits.set(name, limit);
          on.gang(
            name,
            { count: count + more, requests: amounts(asked) },
            {
              minMember: count,
              network: limit === 0 ? SOFT : hard(limit),
            },
          );
          const gone = `g${ends}x`;
          for (const pod of stands.get(gone)?.keys() ?? []) on.snapshot.removeTask(`uid-${pod}`);
          stands.delete(gone);
          const { placed } = on.cycle();
          for (const [pod, node] of Object.entries(placed)) {
            const group = pod.slice(0, pod.indexOf('-'));
            if (!stands.has(group)) stands.set(group, new Map());
            stands.get(group)?.set(pod, Number(node.slice(1)));
            const task = on.snapshot.tasks.get(`uid-${pod}`);
            if (task !== undefined) on.snapshot.upsertTask(podWith(task.record, { nodeName: node, phase: 'Running' }));
          }
          for (const [group, pods] of stands) {
            const tier = limits.get(group) ?? 0;
            const minimum = on.snapshot.jobs.get(`ns/${group}`)?.minMember ?? 0;
            expect(pods.size).to.be.at.least(minimum);
            if (tier === 0 || tier > net.above.length) continue;
            expect(isInOne([...pods.values()], domains(net).slice(0, tier).flat()), group).to.equal(true);
          }
        }
      }),
      RUNS,
    );
  });

  it('have each part in one domain, and all of them in that of the group', () => {
    fc.assert(
      fc.property(NET, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 }), (net, parts, size) => {
        fc.pre(net.above.length > 1);
        const on = worldOf(net);
        const named = Object.fromEntries(Array.from({ length: parts }, (_, at) => [`p${at}`, size]));
        splitGroup(on, 'g', named, { subGroups: [partsOf(size, parts, { network: hard(1) })], network: hard(2) });
        const outcome = on.cycle();
        const nodes = placedOn(outcome, 'g-');
        if (nodes.length === 0) return;
        expect(nodes).to.have.length(parts * size);
        const [racks = [], spines = []] = domains(net);
        expect(isInOne(nodes, [...spines, ...racks]), 'the group').to.equal(true);
        for (const part of Object.keys(named)) {
          expect(isInOne(placedOn(outcome, `g-${part}-`), racks), `${PART_LABEL} ${part}`).to.equal(true);
        }
      }),
      RUNS,
    );
  });
});
