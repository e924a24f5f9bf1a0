import type { DeviceUsage } from './device-uses.ts';
import type { Candidate, NodeDevices } from './node-devices.ts';

/** The node's devices, but those last that nobody else may have as they are used; in their order else. O(devices) */
export function freeFirst(devices: NodeDevices, uses: DeviceUsage): NodeDevices {
  const { free = [], taken = [] } = Object.groupBy(devices.candidates, (one) =>
    isTaken(one, uses) ? 'taken' : 'free',
  );
  return { ...devices, candidates: [...free, ...taken] };
}

function isTaken({ device, pool }: Candidate, uses: DeviceUsage): boolean {
  const use = uses.of(pool, device.name);
  return use !== undefined && (use.owners > 0 || !device.allowsMultiple);
}
