import { expect } from 'chai';
import fc from 'fast-check';
import { makeShape } from '../support/records.ts';
import { amounts, GPU, SchedulerWorld } from '../support/scheduler-world.ts';

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
      { numRuns: 1000, seed: 11 },
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
      { numRuns: 500, seed: 12 },
    );
  });
});
