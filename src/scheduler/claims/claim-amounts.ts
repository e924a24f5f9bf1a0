import { claimOffer } from '../../api/accelerators/catalogue/claim-offers.ts';
import { claimedUnits } from '../../api/accelerators/device-units.ts';
import type { AllocatedDevice, DeviceAllocation, DeviceClaimRecord } from '../../api/records/device-records.ts';
import type { IndexedAmounts } from '../model/task-class.ts';
import type { CountedNames } from './counted-names.ts';
import { deviceCounts } from './device-counts.ts';
import type { DeviceFacts } from './device-facts.ts';
import { poolKey } from './pool-table.ts';

/** What a claim takes under the names that count: devices of its classes, and what they are in the unit of all vendors. */
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
    for (const { r, deviceClass } of units) {
      for (const device of devices)
        add(r, claimedUnits(className, deviceClass, profileOf(className, device, facts)) ?? 0);
    }
  }
  return { resources: [...sums.keys()], amounts: [...sums.values()] };
}

/** As its driver tells it; empty before a device is chosen, and for whole ones. */
function profileOf(className: string, device: AllocatedDevice | undefined, { pools }: DeviceFacts): string {
  const profile = claimOffer(className)?.claim.profile;
  if (profile === undefined || device === undefined) return '';
  const { driver, pool, device: name } = device;
  const record = pools
    .get(poolKey(driver, pool))
    ?.slices.flatMap(({ devices }) => devices)
    .find((one) => one.name === name);
  const value = record?.attributes.get(`${driver}/${profile}`);
  return value?.kind === 'string' ? value.value : '';
}
