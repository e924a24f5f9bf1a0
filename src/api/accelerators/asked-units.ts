import { deviceMemory } from './device-memory.ts';
import type { AskedDevices } from './device-memory.ts';
import { deviceUnits } from './device-units.ts';
import type { DeviceUnits } from './device-units.ts';
import type { DeviceUnit } from './unit-class.ts';

/** What a pod asks of nodes, in the unit: thousandths of devices, or KiB of their memory. */
export function askedUnits(asked: AskedDevices, { deviceClass, measure }: DeviceUnit): DeviceUnits {
  return measure === 'memory' ? deviceMemory(asked, deviceClass) : deviceUnits(asked.requests, deviceClass);
}
