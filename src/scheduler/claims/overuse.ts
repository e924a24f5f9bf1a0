import type { AllocatedDevice } from '../../api/records/device-records.ts';
import type { DeviceUsage } from './device-uses.ts';
import { poolKey } from './pool-table.ts';
import type { Pool, PoolTable } from './pool-table.ts';

/** What more is taken of than there is, among these devices and what they take it from, in words; undefined when all is well. O(devices of their pools). */
export function overuse(
  devices: readonly AllocatedDevice[],
  usage: DeviceUsage,
  pools: Pick<PoolTable, 'get'>,
): string | undefined {
  const seen = new Set<Pool>();
  for (const { driver, pool: name, device, adminAccess } of devices) {
    const pool = adminAccess ? undefined : pools.get(poolKey(driver, name));
    if (pool === undefined) continue;
    const found = ofDevice(pool, device, usage) ?? (seen.has(pool) ? undefined : ofCounters(pool, usage));
    if (found !== undefined) return found;
    seen.add(pool);
  }
  return undefined;
}

function ofDevice(pool: Pool, name: string, usage: DeviceUsage): string | undefined {
  const use = usage.of(pool, name);
  if (use === undefined) return undefined;
  const text = `device ${pool.driver}/${pool.name}/${name}`;
  if (use.owners + Math.min(1, use.shares) > 1) return `${text} belongs to several claims`;
  if (use.consumed.size === 0) return undefined;
  const device = pool.slices.flatMap((slice) => slice.devices).find((one) => one.name === name);
  for (const [capacity, { value }] of device?.capacity ?? []) {
    const taken = use.consumed.get(capacity) ?? 0n;
    if (taken > value) return `${text} has ${plain(value)} ${capacity}, of which ${plain(taken)} are taken`;
  }
  return undefined;
}

function ofCounters(pool: Pool, usage: DeviceUsage): string | undefined {
  if (!pool.isCounted) return undefined;
  for (const [set, counters] of usage.countersLeft(pool)) {
    for (const [counter, left] of counters) {
      if (left < 0n)
        return `counter ${set}/${counter} of pool ${pool.driver}/${pool.name} is overdrawn by ${plain(-left)}`;
    }
  }
  return undefined;
}

const BILLION = 1_000_000_000;

function plain(billionths: bigint): number {
  return Number(billionths) / BILLION;
}
