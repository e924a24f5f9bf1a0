import { boundedAmounts } from '../src/api/amounts.ts';
import type { ResourceAmounts } from '../src/api/records/scheduling-shape.ts';

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
