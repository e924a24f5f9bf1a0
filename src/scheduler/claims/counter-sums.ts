import type { DeviceUsage } from './device-uses.ts';
import { addTo } from './device-uses.ts';
import type { Candidate } from './node-devices.ts';
import type { Pool } from './pool-table.ts';

/** What devices that are being chosen take of their pools' counters. */
export class CounterSums {
  readonly #taken = new Map<Pool, Map<string, Map<string, bigint>>>();

  /** Takes what the device takes, if that is left beside what is in use; else nothing. */
  take({ device, pool }: Candidate, uses: DeviceUsage): boolean {
    const left = uses.countersLeft(pool);
    const taken = this.#taken.get(pool);
    for (const { set, counters } of device.consumes) {
      for (const [name, amount] of counters) {
        const all = amount + (taken?.get(set)?.get(name) ?? 0n);
        if (all > (left.get(set)?.get(name) ?? 0n)) return false;
      }
    }
    this.#charge({ device, pool }, 1n);
    return true;
  }

  giveBack(candidate: Pick<Candidate, 'device' | 'pool'>): void {
    this.#charge(candidate, -1n);
  }

  #charge({ device, pool }: Pick<Candidate, 'device' | 'pool'>, sign: 1n | -1n): void {
    let sets = this.#taken.get(pool);
    if (sets === undefined) this.#taken.set(pool, (sets = new Map()));
    for (const { set, counters } of device.consumes) {
      let sums = sets.get(set);
      if (sums === undefined) sets.set(set, (sums = new Map()));
      for (const [name, amount] of counters) addTo(sums, name, sign * amount);
    }
  }
}
