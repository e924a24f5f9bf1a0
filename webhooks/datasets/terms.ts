import { DATASET_TERM_PREFIX } from '../../src/api/keys.ts';
import type { CachedShare, DatasetRecord } from '../../src/api/records/dataset-record.ts';
import type { NodePreference, NodeRequirement } from '../injection/injection.ts';

/** All wishes for data together: half of what a single wish of the user's may weigh. */
const MOST_WEIGHT = 50;
/** Shares that differ by less make one wish. */
const SHARE_STEPS = 10;
/** Values in one requirement: a pod with thousands of node names in it helps nobody. */
const MOST_VALUES = 256;
/** Domains that a pod which insists may be held to: its affinity is stored, and looked at, with each pod. */
export const MOST_REQUIRED = 1024;
/** Wishes for one dataset. */
const MOST_TERMS = 8;
/** A label's name is no longer. */
const MAX_LABEL_NAME = 63;

/**
 * Wishes for the nodes where the dataset lies: the part that is there times the weight of its tier, so that of all claimed
 * datasets together no more than 50 comes out. Each bears a mark that holds on every node: the scheduler knows them by it.
 */
export function nearTerms(dataset: DatasetRecord, claimed: number): readonly NodePreference[] {
  const { name, tiers } = dataset;
  const weightOf = new Map(tiers.map(({ key, weight }) => [key, weight]));
  const mark: NodeRequirement = { key: markOf(name), operator: 'DoesNotExist', values: [] };
  const terms = stepped(dataset).map(({ key, share, values }) => {
    const weight = Math.max(1, Math.round((MOST_WEIGHT * share * (weightOf.get(key) ?? 0)) / 100 / claimed));
    return { weight, requirements: [{ key, operator: 'In' as const, values: values.slice(0, MOST_VALUES) }, mark] };
  });
  return terms.toSorted((a, b) => b.weight - a.weight).slice(0, MOST_TERMS);
}

/** Nodes that the dataset lies on, at the nearest level of which something is known, by the first domains of it; undefined when it lies nowhere. */
export function nearRequirement(dataset: DatasetRecord): NodeRequirement | undefined {
  const { key, values } = nearestDomains(dataset);
  if (values.length > 0) return { key, operator: 'In', values: values.slice(0, MOST_REQUIRED) };
  return dataset.fluidLabel === '' ? undefined : { key: dataset.fluidLabel, operator: 'In', values: ['true'] };
}

/** How many domains the nearest level has of which something is known. */
export function nearestCount(dataset: DatasetRecord): number {
  return nearestDomains(dataset).values.length;
}

interface Domains {
  readonly key: string;
  /** Sorted, each once. */
  readonly values: readonly string[];
}

/** A cache may tell of tens of thousands of domains, and any number of pods claim the same dataset. */
const NEAREST = new WeakMap<DatasetRecord, Domains>();
const STEPPED = new WeakMap<DatasetRecord, readonly CachedShare[]>();

function nearestDomains(dataset: DatasetRecord): Domains {
  const known = NEAREST.get(dataset);
  if (known !== undefined) return known;
  const told = new Set(dataset.cached.map(({ key }) => key));
  const key = dataset.tiers.find((tier) => told.has(tier.key))?.key ?? '';
  const values = dataset.cached.filter((entry) => entry.key === key).flatMap((entry) => entry.values);
  const domains = { key, values: [...new Set(values)].toSorted() };
  NEAREST.set(dataset, domains);
  return domains;
}

/** Domains with about the same share, together. O(values log values), once for each form of a dataset. */
function stepped(dataset: DatasetRecord): readonly CachedShare[] {
  const known = STEPPED.get(dataset);
  if (known !== undefined) return known;
  const bySteps = new Map<string, { readonly key: string; readonly steps: number; readonly values: Set<string> }>();
  for (const { key, values, share } of dataset.cached) {
    const steps = Math.max(1, Math.round(share * SHARE_STEPS));
    const at = `${steps} ${key}`;
    const group = bySteps.get(at) ?? { key, steps, values: new Set() };
    bySteps.set(at, group);
    for (const value of values) group.values.add(value);
  }
  const shares = [...bySteps.values()].map(({ key, steps, values }) => ({
    key,
    share: steps / SHARE_STEPS,
    values: [...values].toSorted(),
  }));
  STEPPED.set(dataset, shares);
  return shares;
}

/** Names may have dots at the end of what fits. */
function markOf(name: string): string {
  return `${DATASET_TERM_PREFIX}${name.slice(0, MAX_LABEL_NAME).replace(/[^a-z0-9]+$/, '')}`;
}
