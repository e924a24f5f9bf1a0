import { expect } from 'chai';
import fc from 'fast-check';
import { TaskStatus } from '../../src/scheduler/model/task-status.ts';
import { makeShape } from '../support/records.ts';
import { amounts, GPU, SchedulerWorld } from '../support/scheduler-world.ts';
import { PART_LABEL, partsOf } from '../support/sub-groups.ts';

/** `SLUICE_COMMANDS` asks for a longer search, `SLUICE_SEED` for another one. */
const COMMANDS = Number(process.env['SLUICE_COMMANDS'] ?? 0);
const seedOr = (usual: number): number => Number(process.env['SLUICE_SEED'] ?? usual);

interface Gang {
  readonly cpus: number;
  readonly gpus: number;
  readonly count: number;
  readonly min: number;
}

interface Room {
  cpus: number;
  gpus: number;
  pods: number;
}

const gang = fc.record({
  cpus: fc.nat(3),
  gpus: fc.nat(2),
  count: fc.integer({ min: 1, max: 6 }),
  min: fc.integer({ min: 1, max: 6 }),
});
const room = fc.record({ cpus: fc.nat(6), gpus: fc.nat(4), pods: fc.nat(4) });

/** Counted by hand: equal members fit node by node, whatever the order. */
function fitsAlone(gangToPlace: Gang, rooms: readonly Room[]): boolean {
  const { cpus, gpus, count, min } = gangToPlace;
  if (count < min) return false;
  let places = 0;
  for (const node of rooms) {
    const left = { ...node };
    while (left.pods >= 1 && left.cpus >= cpus && left.gpus >= gpus) {
      left.pods -= 1;
      left.cpus -= cpus;
      left.gpus -= gpus;
      places += 1;
    }
  }
  return places >= min;
}

function worldOf(rooms: readonly Room[]): SchedulerWorld {
  const world = new SchedulerWorld();
  for (const [n, { cpus, gpus, pods }] of rooms.entries()) {
    world.node(`n${n}`, { cpu: cpus * 1000, [GPU]: gpus, pods });
  }
  return world;
}

describe('progress', () => {
  it('is made in every cycle in which some waiting gang fits alone', () => {
    let fitted = 0;
    let unfitted = 0;
    fc.assert(
      fc.property(fc.array(room, { maxLength: 4 }), fc.array(gang, { maxLength: 5 }), (rooms, gangs) => {
        const world = worldOf(rooms);
        for (const [i, { cpus, gpus, count, min }] of gangs.entries()) {
          world.gang(`g${i}`, { count, shape: makeShape(amounts(cpus, 0, gpus)) }, { minMember: min, createdMs: i });
        }
        const canFit = gangs.some((candidate) => fitsAlone(candidate, rooms));
        const isPlaced = Object.keys(world.cycle().placed).length > 0;
        if (canFit) fitted += 1;
        else unfitted += 1;
        expect(isPlaced).to.equal(canFit);
      }),
      { numRuns: 1000, seed: seedOr(11) },
    );
    expect(Math.min(fitted, unfitted)).to.be.greaterThan(100);
  });

  it('goes on until nothing more fits, and then says so for each gang that waits', () => {
    fc.assert(
      fc.property(fc.array(room, { maxLength: 4 }), fc.array(gang, { maxLength: 5 }), (rooms, gangs) => {
        const world = worldOf(rooms);
        for (const [i, { cpus, gpus, count, min }] of gangs.entries()) {
          world.gang(`g${i}`, { count, shape: makeShape(amounts(cpus, 0, gpus)) }, { minMember: min, createdMs: i });
        }
        world.cycle();
        const again = world.cycle();
        expect(again.placed).to.deep.equal({});
        for (const job of world.snapshot.jobs.values()) {
          if (job.ready() < job.tasks.size) expect(again.refused).to.have.property(job.record.name);
        }
      }),
      { numRuns: 500, seed: seedOr(12) },
    );
  });
});

/** Of each part of a group, the drivers and the workers that it has; the first stand for themselves. */
const split = fc.record({
  alone: fc.record({ drivers: fc.nat(1), workers: fc.nat(2) }),
  parts: fc.array(fc.record({ drivers: fc.nat(2), workers: fc.nat(3) }), { maxLength: 3 }),
  size: fc.integer({ min: 1, max: 3 }),
  minSubGroups: fc.nat(2),
  minMember: fc.nat(7),
  drivers: fc.nat(2),
  cpus: fc.nat(8),
});
type Split = typeof split extends fc.Arbitrary<infer T> ? T : never;

/** Tries every choice of pods: each part gets none, or as many as its size at least. */
function couldStart({ alone, parts, size, minSubGroups, minMember, drivers: needed, cpus }: Split): boolean {
  const roles = needed <= minMember ? needed : 0;
  const choose = (at: number, total: number, drivers: number, whole: number): boolean => {
    if (total > cpus) return false;
    const part = at < 0 ? alone : parts[at];
    if (part === undefined) return total >= minMember && drivers >= roles && whole >= minSubGroups && total > 0;
    for (let d = 0; d <= part.drivers; d += 1) {
      for (let w = 0; w <= part.workers; w += 1) {
        if (at >= 0 && d + w > 0 && d + w < size) continue;
        const isWhole = at >= 0 && d + w >= size;
        if (choose(at + 1, total + d + w, drivers + d, whole + Number(isWhole))) return true;
      }
    }
    return false;
  };
  return choose(-1, 0, 0, 0);
}

describe('progress of a gang in parts', () => {
  it('is made whenever some choice of its pods could start', () => {
    let [started, waited] = [0, 0];
    fc.assert(
      fc.property(split, (told) => {
        const world = new SchedulerWorld().node('n', { cpu: told.cpus * 1000, pods: 110 });
        const roles = told.drivers > 0 ? new Map([['driver', told.drivers]]) : new Map<string, number>();
        const subGroups = [partsOf(told.size, told.minSubGroups)];
        world.group('g', told.minMember, { minTaskMember: roles, subGroups });
        [told.alone, ...told.parts].forEach(({ drivers, workers }, at) => {
          const labels = at === 0 ? [] : [PART_LABEL, String(at)];
          const shape = makeShape(amounts(1));
          world.pods('g', { count: drivers, prefix: `d${at}`, task: 'driver', shape, labels });
          world.pods('g', { count: workers, prefix: `w${at}`, shape, labels });
        });
        const could = couldStart(told);
        expect(Object.keys(world.cycle().placed).length > 0).to.equal(could);
        if (could) started += 1;
        else waited += 1;
      }),
      { numRuns: Math.max(600, Math.round(COMMANDS / 30)), seed: seedOr(4) },
    );
    expect(Math.min(started, waited)).to.be.greaterThan(50);
  });
});

/** A group of equal pods in one of three queues. */
const queued = fc.record({ gang, queue: fc.nat(2), hasMinResources: fc.boolean() });
const queueLimits = fc.record({ weight: fc.integer({ min: 1, max: 3 }), cpus: fc.option(fc.nat(8), { freq: 3 }) });

/** What was placed in the cycle before has run by now, and ended well. */
function endAll(world: SchedulerWorld): void {
  for (const task of world.snapshot.tasks.values()) {
    if (task.status === TaskStatus.Binding) {
      world.snapshot.upsertTask({ ...task.record, nodeName: task.nodeName, phase: 'Succeeded' });
    }
  }
}

describe('nothing is starved', () => {
  it('and what can never start gets nothing: all work that the empty cluster could do in its queue is done', () => {
    let done = 0;
    let never = 0;
    fc.assert(
      fc.property(
        fc.array(room, { minLength: 1, maxLength: 4 }),
        fc.array(queueLimits, { minLength: 3, maxLength: 3 }),
        fc.array(queued, { minLength: 1, maxLength: 8 }),
        (rooms, limits, groups) => {
          const world = worldOf(rooms);
          for (const [q, { weight, cpus }] of limits.entries()) {
            world.queue(`q${q}`, { weight, capability: cpus === null ? undefined : new Map([['cpu', cpus * 1000]]) });
          }
          for (const [i, { gang: wanted, queue, hasMinResources }] of groups.entries()) {
            const shape = makeShape(amounts(wanted.cpus, 0, wanted.gpus));
            const minResources = new Map(
              Object.entries(amounts(wanted.cpus * wanted.min, 0, wanted.gpus * wanted.min)),
            );
            world.gang(
              `g${i}`,
              { count: wanted.count, shape },
              {
                minMember: wanted.min,
                createdMs: i,
                queue: `q${queue}`,
                minResources: hasMinResources ? minResources : undefined,
              },
            );
          }
          const pods = groups.reduce((sum, { gang: wanted }) => sum + wanted.count, 0);
          for (let cycle = 0; cycle < 2 * pods + groups.length; cycle += 1) {
            // Longer than any grace.
            world.nowMs += 60_000;
            world.cycle();
            endAll(world);
          }
          for (const [i, { gang: wanted, queue }] of groups.entries()) {
            const most = limits[queue]?.cpus ?? Infinity;
            const can = fitsAlone(wanted, rooms) && wanted.cpus * wanted.min <= most;
            if (can) done += 1;
            else never += 1;
            expect(world.snapshot.jobs.get(`ns/g${i}`)?.ready(), `g${i}`).to.equal(can ? wanted.count : 0);
          }
        },
      ),
      { numRuns: Math.max(500, Math.round(COMMANDS / 100)), seed: seedOr(13) },
    );
    expect(Math.min(done, never)).to.be.greaterThan(200);
  });
});
