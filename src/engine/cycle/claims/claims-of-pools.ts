import type { AllocatedDevice } from '../../../api/records/device-records.ts';

const NOTHING: ReadonlyMap<string, readonly AllocatedDevice[]> = new Map();

/** What claims have, or are to have, by the pools of the devices. Who has admin access takes nothing away, and is left out. */
export class ClaimsOfPools {
  readonly #byPool = new Map<string, Map<string, readonly AllocatedDevice[]>>();
  readonly #poolsOf = new Map<string, readonly string[]>();

  pools(): Iterable<string> {
    return this.#byPool.keys();
  }

  of(pool: string): ReadonlyMap<string, readonly AllocatedDevice[]> {
    return this.#byPool.get(pool) ?? NOTHING;
  }

  set(claim: string, devices: readonly AllocatedDevice[]): void {
    for (const pool of this.#poolsOf.get(claim) ?? []) {
      const claims = this.#byPool.get(pool);
      claims?.delete(claim);
      if (claims?.size === 0) this.#byPool.delete(pool);
    }
    this.#poolsOf.delete(claim);
    const byPool = Map.groupBy(
      devices.filter(({ adminAccess }) => !adminAccess),
      poolOf,
    );
    if (byPool.size > 0) this.#poolsOf.set(claim, [...byPool.keys()]);
    for (const [pool, own] of byPool) {
      this.#byPool.set(pool, (this.#byPool.get(pool) ?? new Map<string, readonly AllocatedDevice[]>()).set(claim, own));
    }
  }
}

export function poolOf({ driver, pool }: { readonly driver: string; readonly pool: string }): string {
  return `${driver}/${pool}`;
}
