import type { AllocatedDevice, DeviceAmounts } from '../../api/records/device-records.ts';

/** Whether both take the same away from others: which share it is does not matter. */
export function areSameDevices(a: readonly AllocatedDevice[], b: readonly AllocatedDevice[]): boolean {
  return a === b || (a.length === b.length && a.every((device, at) => isSame(device, b[at] as AllocatedDevice)));
}

function isSame(a: AllocatedDevice, b: AllocatedDevice): boolean {
  return (
    a.device === b.device &&
    a.pool === b.pool &&
    a.driver === b.driver &&
    a.adminAccess === b.adminAccess &&
    (a.share === undefined) === (b.share === undefined) &&
    areSameAmounts(a.consumed, b.consumed)
  );
}

function areSameAmounts(a: DeviceAmounts, b: DeviceAmounts): boolean {
  if (a.size !== b.size) return false;
  for (const [name, amount] of a) if (b.get(name) !== amount) return false;
  return true;
}
