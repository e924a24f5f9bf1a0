import type { NumatopologyRecord } from '../../api/records/numa-records.ts';
import type { Holding } from './zone-holdings.ts';
import type { ZoneRoom } from './zone-hints.ts';

/** Amounts by resource and zone, which may be below zero. */
export class ZoneSums {
  readonly #sums: ReadonlyMap<string, number[]>;

  constructor({ amounts }: NumatopologyRecord, from: 'free' | 'assignable') {
    this.#sums = new Map([...amounts].map(([resource, each]) => [resource, [...each[from]]]));
  }

  /** What is there is more by that, or less. What somebody has, nobody knows where, he may have on any zone. */
  move(holding: Holding, whole: ReadonlyMap<string, number>, sign: 1 | -1): void {
    for (const [resource, sums] of this.#sums) {
      const held = holding.get(resource);
      const anywhere = sign === -1 ? (whole.get(resource) ?? 0) : 0;
      for (let place = 0; place < sums.length; place += 1) {
        sums[place] = (sums[place] ?? 0) + sign * (held === undefined ? anywhere : (held[place] ?? 0));
      }
    }
  }

  /** Of each the larger amount. */
  max(other: ZoneSums): this {
    for (const [resource, sums] of this.#sums) {
      const others = other.#sums.get(resource);
      sums.forEach((sum, place) => (sums[place] = Math.max(sum, others?.[place] ?? sum)));
    }
    return this;
  }

  /** All that somebody would have is there. */
  covers(holding: Holding): boolean {
    for (const [resource, held] of holding) {
      const sums = this.#sums.get(resource);
      if (held.some((amount, place) => amount > 0 && (sums?.[place] ?? 0) < amount)) return false;
    }
    return true;
  }

  /** Of what somebody has, no sum is below zero. */
  isLevel(holding: Holding): boolean {
    for (const [resource, held] of holding) {
      const sums = this.#sums.get(resource);
      if (held.some((amount, place) => amount > 0 && (sums?.[place] ?? 0) < 0)) return false;
    }
    return true;
  }

  room(): ZoneRoom {
    return new Map([...this.#sums].map(([resource, sums]) => [resource, sums.map((sum) => Math.max(0, sum))]));
  }
}
