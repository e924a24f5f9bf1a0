import { CATALOGUE } from '../../../api/accelerators/catalogue/table.ts';
import type { HyperNodeRecord } from '../../../api/records/hyper-node-record.ts';
import type { NodeRecord } from '../../../api/records/node-record.ts';

const LABELS = CATALOGUE.flatMap(({ domainLabels = [] }) => domainLabels);

/** HyperNodes by the name of their tier; more names than this help nobody. */
const MAX_TIERS = 64;

/** Only names count: a tier by its number says nothing of links. O(HyperNodes). */
export function tierCounts(hyperNodes: Iterable<HyperNodeRecord>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { tierName, deleting } of hyperNodes) {
    if (tierName === '' || deleting || (counts.size >= MAX_TIERS && !counts.has(tierName))) continue;
    counts.set(tierName, (counts.get(tierName) ?? 0) + 1);
  }
  return new Map([...counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Nodes by the labels of the catalogue that tell domains of links. O(nodes x such labels). */
export function domainLabelCounts(nodes: Iterable<NodeRecord>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { labels } of nodes) {
    for (const key of LABELS) if (labels.has(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
