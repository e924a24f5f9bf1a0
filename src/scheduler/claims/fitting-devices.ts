import type { DeviceAsk } from '../../api/records/device-records.ts';
import type { ClaimLedger } from './claim-ledger.ts';
import { consumption } from './device-capacity.ts';
import { isRepelled } from './device-taints.ts';
import type { Candidate } from './node-devices.ts';

/** Those of the devices that the node reaches that could be given for the ask, busy or not. */
export function fittingDevices({ facts, devices }: ClaimLedger, ask: DeviceAsk, node: number): readonly Candidate[] {
  const selectors = [...(facts.classes.get(ask.className)?.selectors ?? []), ...ask.selectors];
  return devices.of(node).candidates.filter(({ device }) => {
    if (consumption(device, ask.capacity) === undefined) return false;
    if (isRepelled(facts.taintsOf(device), ask.tolerations)) return false;
    return selectors.every((selector) => selector.matches(device) === true);
  });
}
