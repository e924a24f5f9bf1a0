import type { AllocatedDevice, DeviceAllocation, DeviceStatus } from '../../../api/records/device-records.ts';

/** Whether drivers have done what they said has to be done before a pod is bound. */
export type DeviceReadiness =
  { readonly kind: 'ready' | 'waiting' } | { readonly kind: 'failed'; readonly problem: string };

/** By the conditions that drivers write about the devices of a claim. */
export function deviceReadiness({ devices }: DeviceAllocation, statuses: readonly DeviceStatus[]): DeviceReadiness {
  let kind: 'ready' | 'waiting' = 'ready';
  for (const device of devices) {
    if (device.bindingConditions.length === 0) continue;
    const isTrue = conditionsOf(device, statuses);
    const failed = device.bindingFailureConditions.find((type) => isTrue.has(type));
    if (failed !== undefined) return { kind: 'failed', problem: `device ${device.device} says ${failed}` };
    if (!device.bindingConditions.every((type) => isTrue.has(type))) kind = 'waiting';
  }
  return { kind };
}

function conditionsOf(device: AllocatedDevice, statuses: readonly DeviceStatus[]): ReadonlySet<string> {
  const status = statuses.find(
    (one) => one.driver === device.driver && one.pool === device.pool && one.device === device.device,
  );
  return new Set(status?.conditions);
}
