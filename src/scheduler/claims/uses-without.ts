import type { DeviceAmounts } from '../../api/records/device-records.ts';
import { addTo, countersLeft } from './device-uses.ts';
import type { CountersLeft, DeviceUsage, DeviceUse, DeviceUses } from './device-uses.ts';
import type { Pool } from './pool-table.ts';

/** What is in use, less what is given back: both are as they are when somebody asks, but counters of a pool as when it was asked about first. */
export class UsesWithout implements DeviceUsage {
  readonly #all: DeviceUsage;
  readonly #given: DeviceUses;
  readonly #counters = new Map<Pool, CountersLeft>();

  constructor(all: DeviceUsage, given: DeviceUses) {
    this.#all = all;
    this.#given = given;
  }

  of(pool: Pool, device: string): DeviceUse | undefined {
    const use = this.#all.of(pool, device);
    const given = use && this.#given.of(pool, device);
    if (use === undefined || given === undefined) return use;
    const owners = use.owners - given.owners;
    const shares = use.shares - given.shares;
    return owners + shares > 0 ? { owners, shares, consumed: difference(use.consumed, given.consumed) } : undefined;
  }

  countersLeft(pool: Pool): CountersLeft {
    if (!this.#given.touches(pool)) return this.#all.countersLeft(pool);
    let left = this.#counters.get(pool);
    if (left === undefined) {
      left = countersLeft(pool, (device) => this.of(pool, device) !== undefined);
      this.#counters.set(pool, left);
    }
    return left;
  }
}

function difference(all: DeviceAmounts, given: DeviceAmounts): DeviceAmounts {
  const left = new Map(all);
  for (const [name, amount] of given) addTo(left, name, -amount);
  return left;
}
