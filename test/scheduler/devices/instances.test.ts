import { expect } from 'chai';
import fc from 'fast-check';
import type { MigGeometry } from '../../../src/api/cards/mig-geometries.ts';
import type { CardInstance, CardRecord, CardRequest } from '../../../src/api/records/card-records.ts';
import {
  isTorn,
  largestOpen,
  movedInstance,
  openInstances,
  openMemory,
} from '../../../src/scheduler/devices/instances.ts';
import { A100_GEOMETRIES } from '../../support/mig-geometries.ts';

const GEOMETRIES = A100_GEOMETRIES[0]?.geometries ?? [];

function card(geometries: readonly MigGeometry[] = GEOMETRIES): CardRecord {
  return { id: 'a', memory: 81_920, sharers: 10, type: 'NVIDIA-A100', isHealthy: true, geometries };
}

function asking(memory: number, percent = 0): CardRequest {
  return { count: 1, memory, percent, cores: 0 };
}

/** `group2-3 group2-0`: taken in this order. */
function held(text: string): { readonly instances: readonly CardInstance[]; readonly sharers: number } {
  let instances: readonly CardInstance[] = [];
  for (const each of text.split(' ').filter((one) => one !== '')) {
    const [group = '', position] = each.split('-');
    instances = movedInstance(instances, { group, position: Number(position) }, 1);
  }
  return { instances, sharers: instances.length };
}

function open(request: CardRequest, taken: string, of = card()): readonly string[] {
  return openInstances(request, of, held(taken)).map(
    ({ instance: { group, position }, memory }) => `${group}-${position} ${memory}`,
  );
}

describe('instances of a card', () => {
  const rows: Readonly<Record<string, readonly [CardRequest, string, readonly string[]]>> = {
    'are of the first geometry that serves an idle card, or of another one': [
      asking(8000),
      '',
      ['group1-0 9728', 'group2-3 9728', 'group3-0 40192', 'group4-0 80896'],
    ],
    'are as large as what is asked for': [asking(9728), 'group1-0 group1-1', ['group1-2 9728']],
    'are the smallest ones that would do': [asking(9729), '', ['group2-0 19968', 'group3-0 40192', 'group4-0 80896']],
    'are of the geometry that the card has while it is in use': [asking(8000), 'group2-0', ['group2-3 9728']],
    'are larger ones where the small ones are gone': [asking(8000), 'group2-3', ['group2-0 19968']],
    'are those that came back first': [asking(15_000), 'group2-0 group2-2', ['group2-1 19968']],
    'are none where those that are left are too small': [asking(19_000), 'group2-0 group2-1 group2-2', []],
    'are none where the geometry has none of that size': [asking(15_000), 'group1-0', []],
    'are none where all are taken': [asking(1), 'group3-0 group3-1', []],
    'are none beside two geometries at once': [asking(1), 'group1-0 group2-0', []],
    'are none beside one that is given twice': [asking(1), 'group1-0 group1-0', []],
    'are none beside one that the geometry does not have': [asking(1), 'group1-0 group1-7', []],
    'are none beside a geometry that nobody knows': [asking(1), 'other-0', []],
    'are by shares of the largest one': [asking(0, 50), '', ['group4-0 80896']],
    'are the whole card for who names no memory': [asking(0, 100), '', ['group4-0 80896']],
    'are none that are larger than all': [asking(80_897), '', []],
  };
  for (const [name, [request, taken, want]] of Object.entries(rows)) {
    it(name, () => expect(open(request, taken)).to.deep.equal(want));
  }

  it('are none beside somebody who has the card, and not one of them', () => {
    expect(openInstances(asking(1), card(), { instances: [], sharers: 1 })).to.deep.equal([]);
    expect(largestOpen(card(), { instances: [], sharers: 1 })).to.equal(0);
  });

  it('are counted anew on a card that was in use and is idle', () => {
    const instance = { group: 'group3', position: 1 };
    const left = movedInstance(held('group3-1').instances, instance, -1);
    expect(left).to.deep.equal([]);
    expect(open(asking(1), '')[0]).to.equal('group1-0 9728');
  });

  it('are given by the rules that the device plugin cuts by, whatever comes and goes', () => {
    const profiles = fc.array(
      fc.record({ memory: fc.integer({ min: 1, max: 6 }), count: fc.integer({ min: 1, max: 3 }) }),
      {
        minLength: 1,
        maxLength: 3,
      },
    );
    const steps = fc.array(fc.record({ ask: fc.integer({ min: 1, max: 7 }), ends: fc.option(fc.nat(20)) }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(fc.array(profiles, { minLength: 1, maxLength: 3 }), steps, (groups, asks) => {
        const geometries = groups.map((each, g) => ({
          group: `g${g}`,
          profiles: each.map((profile, p) => ({ ...profile, name: `p${p}` })),
        }));
        const model = new PlainCard(groups);
        let instances: readonly CardInstance[] = [];
        for (const { ask, ends } of asks) {
          const gone = ends === null ? undefined : instances[ends % Math.max(1, instances.length)];
          if (gone !== undefined) {
            model.give(gone);
            instances = movedInstance(instances, gone, -1);
          }
          const use = { instances, sharers: instances.length };
          const [first] = openInstances(asking(ask), card(geometries), use);
          expect(first?.instance).to.deep.equal(model.take(ask));
          expect(largestOpen(card(geometries), use) >= ask).to.equal(first !== undefined);
          if (first === undefined) continue;
          expect(openMemory(first.instance, card(geometries), use)).to.equal(first.memory);
          instances = movedInstance(instances, first.instance, 1);
          expect(isTorn(instances)).to.equal(false);
        }
      }),
    );
  });
});

/** Cells of which some are taken: the rules in the plainest form. */
class PlainCard {
  /** Of each geometry the size of each instance. */
  readonly #sizes: readonly (readonly number[])[];
  readonly #taken = new Set<number>();
  #current = -1;

  constructor(groups: readonly (readonly { readonly memory: number; readonly count: number }[])[]) {
    this.#sizes = groups.map((profiles) =>
      profiles.flatMap(({ memory, count }) => Array.from({ length: count }, () => memory)),
    );
  }

  take(ask: number): CardInstance | undefined {
    for (const [g, sizes] of this.#sizes.entries()) {
      if (this.#taken.size > 0 && g !== this.#current) continue;
      let best = -1;
      for (const [position, size] of sizes.entries()) {
        const isBetter = best < 0 || size < (sizes[best] ?? 0);
        if (size >= ask && !this.#taken.has(position) && isBetter) best = position;
      }
      if (best < 0) continue;
      this.#current = g;
      this.#taken.add(best);
      return { group: `g${g}`, position: best };
    }
    return undefined;
  }

  give({ position }: CardInstance): void {
    this.#taken.delete(position);
  }
}
