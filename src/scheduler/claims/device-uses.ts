import type { AllocatedDevice, DeviceAmounts } from '../../api/records/device-records.ts';
import { poolKey } from './pool-table.ts';
import type { Pool } from './pool-table.ts';

/** How one device is used. */
export interface DeviceUse {
  /** Claims that have it for themselves: seldom more than one. */
  readonly owners: number;
  readonly shares: number;
  /** By all shares together, in billionths. */
  readonly consumed: DeviceAmounts;
}

interface Use extends DeviceUse {
  owners: number;
  shares: number;
  readonly consumed: Map<string, bigint>;
}

/** Uses in one pool by device. */
interface PoolUse {
  readonly devices: Map<string, Use>;
  /** What is left of the pool's counters, for the pool as it was then; made when somebody asks. */
  left: { readonly pool: Pool; readonly counters: CountersLeft } | undefined;
}

/** Amounts by set and counter; below zero where more is taken than there is. */
export type CountersLeft = ReadonlyMap<string, DeviceAmounts>;

/** Which devices are in use, and how much of them. */
export interface DeviceUsage {
  of(pool: Pool, device: string): DeviceUse | undefined;
  countersLeft(pool: Pool): CountersLeft;
}

/** An account of them. Who has admin access takes nothing away. */
export class DeviceUses implements DeviceUsage {
  readonly #pools = new Map<string, PoolUse>();

  /** Whether nothing is in use. */
  get isEmpty(): boolean {
    return this.#pools.size === 0;
  }

  /** Whether something of the pool is in use. */
  touches({ key }: Pool): boolean {
    return this.#pools.has(key);
  }

  of({ key }: Pool, device: string): DeviceUse | undefined {
    return this.#pools.get(key)?.devices.get(device);
  }

  /** Takes the devices, or gives them back. */
  charge(devices: readonly AllocatedDevice[], sign: 1 | -1): void {
    for (const device of devices) if (!device.adminAccess) this.#chargeOne(device, sign);
  }

  /** What is left of the pool's counters. O(devices in use of the pool), once after each change of them. */
  countersLeft(pool: Pool): CountersLeft {
    const uses = this.#pools.get(pool.key);
    if (uses === undefined) return pool.counters;
    if (uses.left?.pool !== pool) uses.left = { pool, counters: countersLeft(pool, (name) => uses.devices.has(name)) };
    return uses.left.counters;
  }

  #chargeOne({ driver, pool, device, share, consumed }: AllocatedDevice, sign: 1 | -1): void {
    const key = poolKey(driver, pool);
    let uses = this.#pools.get(key);
    if (uses === undefined) this.#pools.set(key, (uses = { devices: new Map(), left: undefined }));
    uses.left = undefined;
    let use = uses.devices.get(device);
    if (use === undefined) uses.devices.set(device, (use = { owners: 0, shares: 0, consumed: new Map() }));
    if (share === undefined) use.owners += sign;
    else use.shares += sign;
    for (const [name, amount] of consumed) addTo(use.consumed, name, sign === 1 ? amount : -amount);
    if (use.owners === 0 && use.shares === 0) uses.devices.delete(device);
    if (uses.devices.size === 0) this.#pools.delete(key);
  }
}

/** Whatever is in use takes of the counters once, however many share it. */
export function countersLeft(pool: Pool, isInUse: (device: string) => boolean): CountersLeft {
  if (!pool.isCounted) return pool.counters;
  const left = new Map([...pool.counters].map(([set, counters]) => [set, new Map(counters)]));
  for (const { devices } of pool.slices) {
    for (const { name, consumes } of devices) {
      if (consumes.length === 0 || !isInUse(name)) continue;
      for (const { set, counters } of consumes) {
        const of = left.get(set);
        if (of === undefined) continue;
        for (const [counter, amount] of counters) addTo(of, counter, -amount);
      }
    }
  }
  return left;
}

export function addTo(amounts: Map<string, bigint>, name: string, amount: bigint): void {
  const sum = (amounts.get(name) ?? 0n) + amount;
  amounts.set(name, sum);
}
