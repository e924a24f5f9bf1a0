import type { DatasetRecord, DatasetTier } from '../../api/records/dataset-record.ts';
import type { NodeRecord } from '../../api/records/node-record.ts';
import type { NodeTerm } from '../../api/records/scheduling-shape.ts';
import type { Snapshot } from '../ledger/snapshot.ts';

/**
 * How near each node is to a dataset, 0 to 100: the part that it has itself times the weight of the first tier, and of each wider
 * domain what that has beyond the narrower ones, times the domain's weight. A part that is read from nearby is not counted again
 * further away. O(nodes x tiers), and the values that are told.
 */
export function nearness(snapshot: Snapshot, dataset: DatasetRecord): Float64Array {
  const { records } = snapshot.nodes;
  const parts = partsOf(snapshot, dataset);
  const [nearest] = dataset.tiers;
  const out = new Float64Array(records.length);
  const reached = new Float64Array(records.length);
  for (const tier of dataset.tiers) {
    const told = parts.get(tier.key) ?? NOTHING;
    const summed = nearest === undefined || tier === nearest ? NOTHING : sumsOf(records, tier.key, nearest.key, parts);
    if (told.size + summed.size > 0) addTier(records, tier, { told, summed, reached, out });
  }
  return out;
}

const NOTHING: ReadonlyMap<string, number> = new Map();

interface Reckoning {
  /** Parts by domain, as they are told and as they sum up. */
  readonly told: ReadonlyMap<string, number>;
  readonly summed: ReadonlyMap<string, number>;
  /** What each node reaches within the tiers so far. */
  readonly reached: Float64Array;
  readonly out: Float64Array;
}

function addTier(records: readonly NodeRecord[], { key, weight }: DatasetTier, reckoning: Reckoning): void {
  const { told, summed, reached, out } = reckoning;
  for (let n = 0; n < records.length; n += 1) {
    const value = records[n]?.labels.get(key);
    if (value === undefined) continue;
    const part = told.get(value) ?? Math.min(1, summed.get(value) ?? 0);
    const before = reached[n] ?? 0;
    if (part <= before) continue;
    out[n] = (out[n] ?? 0) + weight * (part - before);
    reached[n] = part;
  }
}

/** What all reckoning of nearness to a dataset rests on, beside the labels of nodes: as long as it is the same, so are the numbers. */
export function nearnessFacts({ volumes }: Snapshot, { volumeClaim }: DatasetRecord): string {
  const claim = volumeClaim === '' ? undefined : volumes.facts.claims.get(volumeClaim);
  return claim?.isBound === true ? claim.volumeName : '';
}

type Parts = Map<string, Map<string, number>>;

/** Parts by label key and value, from all that tells of them; the largest counts. */
function partsOf(snapshot: Snapshot, dataset: DatasetRecord): Parts {
  const parts: Parts = new Map();
  for (const { key, values, share } of dataset.cached) for (const value of values) raise(parts, key, value, share);
  const terms = snapshot.volumes.facts.volumes.get(nearnessFacts(snapshot, dataset))?.nodeTerms ?? [];
  for (const [key, value] of terms.flatMap(onlyRequirement)) raise(parts, key, value, 1);
  addFluid(snapshot, dataset, parts);
  return parts;
}

/** Of a term that asks for one label alone each of its values is a domain that reaches the volume. */
function onlyRequirement({ labels, fields }: NodeTerm): readonly (readonly [string, string])[] {
  const [first, ...others] = labels;
  if (first?.operator !== 'In' || others.length + fields.length > 0) return [];
  return first.values.map((value) => [first.key, value] as const);
}

/** Fluid says which nodes cache, and not how much: equal parts. */
function addFluid(snapshot: Snapshot, { fluidLabel, tiers }: DatasetRecord, parts: Parts): void {
  const [nearest] = tiers;
  if (fluidLabel === '' || nearest === undefined) return;
  const workers = snapshot.nodes.records.filter(({ labels }) => labels.get(fluidLabel) === 'true');
  for (const { labels } of workers) {
    const value = labels.get(nearest.key);
    if (value !== undefined) raise(parts, nearest.key, value, 1 / workers.length);
  }
}

function raise(parts: Parts, key: string, value: string, share: number): void {
  let byValue = parts.get(key);
  if (byValue === undefined) parts.set(key, (byValue = new Map()));
  byValue.set(value, Math.max(byValue.get(value) ?? 0, share));
}

/** What the nearest domains within each wider one have together: caches that spread data hold different parts of it. */
function sumsOf(
  records: readonly NodeRecord[],
  key: string,
  nearKey: string,
  parts: Parts,
): ReadonlyMap<string, number> {
  const nearest = parts.get(nearKey);
  if (nearest === undefined) return NOTHING;
  const seen = new Set<string>();
  const sums = new Map<string, number>();
  for (const { labels } of records) {
    const near = labels.get(nearKey);
    const wide = labels.get(key);
    const part = near === undefined ? undefined : nearest.get(near);
    if (near === undefined || wide === undefined || part === undefined || seen.has(near)) continue;
    seen.add(near);
    sums.set(wide, (sums.get(wide) ?? 0) + part);
  }
  return sums;
}
