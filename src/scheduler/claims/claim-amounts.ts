import { claimedPart } from '../../api/accelerators/claimed-part.ts';
import type {
  AllocatedDevice,
  DeviceAllocation,
  DeviceClaimRecord,
  DeviceRecord,
} from '../../api/records/device-records.ts';
import type { IndexedAmounts } from '../model/task-class.ts';
import type { CountedNames } from './counted-names.ts';
import { deviceCounts } from './device-counts.ts';
import type { DeviceFacts } from './device-facts.ts';
import { poolKey } from './pool-table.ts';

/** What a claim takes under the names that count: devices of its classes, and what they are in the units of all vendors. */
export function claimAmounts(
  claim: DeviceClaimRecord,
  allocation: DeviceAllocation | undefined,
  { byClass, units }: CountedNames,
  facts: DeviceFacts,
): IndexedAmounts {
  const sums = new Map<number, number>();
  const add = (r: number, amount: number): void => void sums.set(r, (sums.get(r) ?? 0) + amount);
  for (const [className, devices] of deviceCounts(claim, allocation)) {
    for (const r of byClass.get(className) ?? []) add(r, devices.length);
    for (const { r, unit } of units) {
      for (const device of devices) add(r, claimedPart(className, unit, { device, record: recordOf(device, facts) }));
    }
  }
  return { resources: [...sums.keys()], amounts: [...sums.values()] };
}

function recordOf(device: AllocatedDevice | undefined, { pools }: DeviceFacts): DeviceRecord | undefined {
  if (device === undefined) return undefined;
  const { driver, pool, device: name } = device;
  return pools
    .get(poolKey(driver, pool))
    ?.slices.flatMap(({ devices }) => devices)
    .find((one) => one.name === name);
}
