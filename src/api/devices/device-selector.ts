import type { DeviceSelector } from '../records/device-records.ts';
export function deviceSelector(text: string): DeviceSelector {
  return { text, unsupported: undefined, matches: () => true };
}
