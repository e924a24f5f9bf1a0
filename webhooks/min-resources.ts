import { boundedAmounts, formatAmounts } from '../src/api/amounts.ts';
import { podRequests } from '../src/api/projections/pod-requests.ts';
import type { ResourceAmounts } from '../src/api/records/scheduling-shape.ts';
import type { JsonObject } from '../src/lib/json.ts';

/** Quantities that so many pods of this spec need at the same time; what comes to nothing is left out. */
export function minResources(podSpec: JsonObject, pods: number): Readonly<Record<string, string>> {
  return formatAmounts(roomFor(podRequests(podSpec), pods));
}

/** What so many pods of one size need at the same time. */
export function roomFor(size: ResourceAmounts, pods: number): ResourceAmounts {
  const total = new Map<string, number>();
  for (const [name, amount] of size) {
    if (amount * pods > 0) total.set(name, Math.min(amount * pods, Number.MAX_SAFE_INTEGER));
  }
  return total;
}

/** Both together. */
export function sumOfRoom(a: ResourceAmounts, b: ResourceAmounts): ResourceAmounts {
  const total = new Map(a);
  for (const [name, amount] of b) {
    total.set(name, Math.min((total.get(name) ?? 0) + amount, Number.MAX_SAFE_INTEGER));
  }
  return boundedAmounts(total);
}
