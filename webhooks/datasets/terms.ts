import { DATASET_TERM_PREFIX } from '../../src/api/keys.ts';
import type { CachedShare, DatasetRecord } from '../../src/api/records/dataset-record.ts';
import type { NodePreference, NodeRequirement } from '../injection/injection.ts';

/** All wishes for data together: half of what a single wish of the user's may weigh. */
const MOST_WEIGHT = 50;
/** Shares that differ by less make one wish. */
const SHARE_STEPS = 10;
/** Values in one requirement: a pod with thousands of node names in it helps nobody. */
const MOST_VALUES = 256;
/** Wishes for one dataset. */
const MOST_TERMS = 8;
/** A label's name is no longer. */
const MAX_LABEL_NAME = 63;

/**
 * Wishes for the nodes where the dataset lies: the part that is there times the weight of its tier, so that of all claimed
 * datasets together no more than 50 comes out. Each bears a mark that holds on every node: the scheduler knows them by it.
 */
export function nearTerms({ name, tiers, cached }: DatasetRecord, claimed: number): readonly NodePreference[] {
  const weightOf = new Map(tiers.map(({ key, weight }) => [key, weight]));
  const mark: NodeRequirement = { key: markOf(name), operator: 'DoesNotExist', values: [] };
  const terms = stepped(cached).map(({ key, share, values }) => {
    const weight = Math.max(1, Math.round((MOST_WEIGHT * share * (weightOf.get(key) ?? 0)) / 100 / claimed));
    return { weight, requirements: [{ key, operator: 'In' as const, values: values.slice(0, MOST_VALUES) }, mark] };
  });
  return terms.toSorted((a, b) => b.weight - a.weight).slice(0, MOST_TERMS);
}

/** Nodes that the dataset lies on, at the nearest level of which something is known; undefined when it lies nowhere. */
export function nearRequirement({ tiers, cached, fluidLabel }: DatasetRecord): NodeRequirement | undefined {
  for (const { key } of tiers) {
    const values = [
      ...new Set(cached.filter((entry) => entry.key === key).flatMap((entry) => entry.values)),
    ].toSorted();
    if (values.length > 0) return { key, operator: 'In', values };
  }
  return fluidLabel === '' ? undefined : { key: fluidLabel, operator: 'In', values: ['true'] };
}

/** Domains with about the same share, together. */
function stepped(cached: readonly CachedShare[]): readonly CachedShare[] {
  const bySteps = new Map<string, CachedShare>();
  for (const { key, values, share } of cached) {
    const steps = Math.max(1, Math.round(share * SHARE_STEPS));
    const at = `${steps} ${key}`;
    const all = [...(bySteps.get(at)?.values ?? []), ...values];
    bySteps.set(at, { key, share: steps / SHARE_STEPS, values: [...new Set(all)].toSorted() });
  }
  return [...bySteps.values()];
}

/** Names may have dots at the end of what fits. */
function markOf(name: string): string {
  return `${DATASET_TERM_PREFIX}${name.slice(0, MAX_LABEL_NAME).replace(/[^a-z0-9]+$/, '')}`;
}
