import { formatAmounts } from '../amounts.ts';
import { TOPOLOGY_DECISION_ANNOTATION } from '../keys.ts';
import type { ZoneShare } from '../records/numa-records.ts';

/** What of each zone a pod is expected to get, in Volcano's form. For people and tools: nothing here reads it back. */
export function decisionAnnotation(shares: readonly ZoneShare[]): Readonly<Record<string, string>> {
  if (shares.length === 0) return {};
  const byZone = Object.fromEntries(shares.map(({ zone, amounts }) => [String(zone), formatAmounts(amounts)]));
  return { [TOPOLOGY_DECISION_ANNOTATION]: JSON.stringify(byZone) };
}
