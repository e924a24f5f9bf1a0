import { formatAmounts } from '../src/api/amounts.ts';
import { podRequests } from '../src/api/projections/pod-requests.ts';
import type { JsonObject } from '../src/lib/json.ts';

/** Quantities that so many pods of this spec need at the same time; what comes to nothing is left out. */
export function minResources(podSpec: JsonObject, pods: number): Readonly<Record<string, string>> {
  const total = new Map<string, number>();
  for (const [name, amount] of podRequests(podSpec)) {
    if (amount * pods > 0) total.set(name, Math.min(amount * pods, Number.MAX_SAFE_INTEGER));
  }
  return formatAmounts(total);
}
