import { CATALOGUE } from './catalogue/table.ts';
import { deviceClass } from './device-class.ts';
import type { DeviceClass } from './device-class.ts';

/** What queues count of the devices of all vendors of a class under one name. */
export interface DeviceUnit {
  readonly deviceClass: DeviceClass;
  /** Devices in thousandths, or the memory of devices in KiB: models weigh as much as they have. */
  readonly measure: 'devices' | 'memory';
}

const PREFIX = 'sluice.dev/';
const MEMORY = '-memory';

/** The unit that the name stands for (`sluice.dev/gpu`, `sluice.dev/gpu-memory`); undefined where it is no such name. */
export function deviceUnit(name: string): DeviceUnit | undefined {
  const found = name.startsWith(PREFIX) ? classIn(name) : undefined;
  if (found === undefined || isUnknownMemory(name)) return undefined;
  return { deviceClass: found, measure: name.endsWith(MEMORY) ? 'memory' : 'devices' };
}

/** A name for the memory of devices of which nobody knows how much they have. */
export function isUnknownMemory(name: string): boolean {
  const found = name.startsWith(PREFIX) && name.endsWith(MEMORY) ? classIn(name) : undefined;
  return found !== undefined && mostMemory(found) === 0;
}

function classIn(name: string): DeviceClass | undefined {
  return deviceClass(name.slice(PREFIX.length, name.endsWith(MEMORY) ? -MEMORY.length : undefined));
}

/** MiB of the largest model that the catalogue knows of the class. */
export function mostMemory(wanted: DeviceClass): number {
  const known = MOST.get(wanted);
  if (known !== undefined) return known;
  const vendors = CATALOGUE.filter((vendor) => wanted === 'device' || vendor.deviceClass === wanted);
  const most = Math.max(0, ...vendors.flatMap(({ models }) => models.map(({ memoryMib }) => memoryMib)));
  MOST.set(wanted, most);
  return most;
}

const MOST = new Map<DeviceClass, number>();
