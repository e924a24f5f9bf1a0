import type { CapacityPolicy, DeviceAmounts, DeviceRecord } from '../../api/records/device-records.ts';
import { addTo } from './device-uses.ts';

const NOTHING: DeviceAmounts = new Map();

/**
 * What a request takes of each capacity of the device, as the device's policies round it up; undefined when the device has not what
 * is asked for, or no amount that its policy allows. What of a device is taken already is not looked at.
 */
export function consumption(device: DeviceRecord, asked: DeviceAmounts): DeviceAmounts | undefined {
  for (const name of asked.keys()) if (!device.capacity.has(name)) return undefined;
  if (device.capacity.size === 0) return NOTHING;
  const taken = new Map<string, bigint>();
  for (const [name, { value, policy }] of device.capacity) {
    const wanted = asked.get(name);
    const amount = wanted === undefined ? (policy?.fallback ?? value) : roundedUp(wanted, policy);
    if (amount > value || amount < 0n || !isAllowed(amount, policy)) return undefined;
    taken.set(name, amount);
  }
  return taken;
}

/** Whether the device has so much left beside what others take of it. */
export function hasLeft(device: DeviceRecord, taken: DeviceAmounts, others: readonly DeviceAmounts[]): boolean {
  if (taken.size === 0) return true;
  const sums = new Map(taken);
  for (const amounts of others) for (const [name, amount] of amounts) if (sums.has(name)) addTo(sums, name, amount);
  for (const [name, sum] of sums) if (sum > (device.capacity.get(name)?.value ?? 0n)) return false;
  return true;
}

function roundedUp(wanted: bigint, policy: CapacityPolicy | undefined): bigint {
  if (policy === undefined) return wanted;
  const { values, range } = policy;
  if (range === undefined) return values.find((value) => value >= wanted) ?? wanted;
  const { min, step } = range;
  if (wanted <= min) return min;
  if (step === undefined || step <= 0n) return wanted;
  return min + ((wanted - min + step - 1n) / step) * step;
}

function isAllowed(amount: bigint, policy: CapacityPolicy | undefined): boolean {
  if (policy === undefined || amount === policy.fallback) return true;
  const { values, range } = policy;
  if (range === undefined) return values.length === 0 || values.includes(amount);
  const { min, max, step } = range;
  if (max !== undefined && amount > max) return false;
  return step === undefined || step <= 0n || (amount - min) % step === 0n;
}
