import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';

export function addAll(into: Map<string, number>, amounts: ResourceAmounts): void {
  for (const [resource, amount] of amounts) into.set(resource, (into.get(resource) ?? 0) + amount);
}

/** What nobody holds any more leaves nothing behind: nodes and queues come and go. */
export function addTo(
  ledger: Map<string, Map<string, number>>,
  key: string,
  amounts: ResourceAmounts,
  sign: 1 | -1,
): void {
  let use = ledger.get(key);
  if (use === undefined) ledger.set(key, (use = new Map()));
  for (const [resource, amount] of amounts) {
    const sum = (use.get(resource) ?? 0) + sign * amount;
    if (sum === 0) use.delete(resource);
    else use.set(resource, sum);
  }
  if (use.size === 0) ledger.delete(key);
}
