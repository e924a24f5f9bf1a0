import type { DeviceClaimRecord } from '../../api/records/device-records.ts';

const known = new WeakMap<DeviceClaimRecord, string>();

/** Equal texts for claims that ask for the same, whatever they are called. */
export function claimText(claim: DeviceClaimRecord): string {
  let text = known.get(claim);
  if (text === undefined) {
    const { requests, constraints } = claim;
    known.set(claim, (text = JSON.stringify([requests, constraints], plain)));
  }
  return text;
}

/** Selectors are what their texts say; JSON knows neither maps nor large numbers. */
function plain(key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (key === 'selectors' && Array.isArray(value)) return value.map(({ text }: { readonly text: string }) => text);
  return value instanceof Map ? [...value] : value;
}
