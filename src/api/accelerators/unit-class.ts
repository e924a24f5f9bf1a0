import { deviceClass } from './device-class.ts';
import type { DeviceClass } from './device-class.ts';

const PREFIX = 'sluice.dev/';

/** The class of devices that queues count under the name, of all vendors in one unit (`sluice.dev/gpu`); undefined where it is no such name. */
export function unitClass(name: string): DeviceClass | undefined {
  return name.startsWith(PREFIX) ? deviceClass(name.slice(PREFIX.length)) : undefined;
}
