import { arrayAt, member, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { quantityToUnits } from '../../lib/quantity.ts';
import { PREFETCH_ANNOTATION } from '../keys.ts';
import type { CachedShare, DatasetRecord, DatasetTier } from '../records/dataset-record.ts';
import { objects, readMetadata, text, whole } from './metadata.ts';

/** What holds where a Dataset names no tiers. */
export const DEFAULT_TIERS: readonly DatasetTier[] = Object.freeze([
  { key: 'kubernetes.io/hostname', weight: 100 },
  { key: 'topology.kubernetes.io/rack', weight: 50 },
  { key: 'topology.kubernetes.io/zone', weight: 20 },
  { key: 'topology.kubernetes.io/region', weight: 5 },
]);

/** The record of a Dataset; undefined for anything without name, namespace or UID. What nobody can act on is left out. */
export function projectDataset(raw: unknown): DatasetRecord | undefined {
  const { name, namespace, uid, resourceVersion, annotations } = readMetadata(raw);
  if (name === '' || namespace === '' || uid === '') return undefined;
  const spec = objectAt(raw, 'spec');
  const tiers = readTiers(spec);
  const claim = text(spec, 'volumeClaim');
  const fluid = text(spec, 'fluidDataset');
  return {
    key: `${namespace}/${name}`,
    namespace,
    name,
    uid,
    resourceVersion,
    tiers,
    cached: objects(objectAt(raw, 'status'), 'cached').flatMap((entry) => cachedShare(entry, spec, tiers)),
    volumeClaim: claim === '' ? '' : `${namespace}/${claim}`,
    fluidLabel: fluid === '' ? '' : `fluid.io/s-${namespace}-${fluid}`,
    prefetch: text(annotations, PREFETCH_ANNOTATION),
  };
}

/** Those that weigh less than all before them. */
function readTiers(spec: JsonObject): readonly DatasetTier[] {
  const kept: DatasetTier[] = [];
  for (const raw of objects(spec, 'tiers')) {
    const tier = { key: text(raw, 'key'), weight: whole(raw, 'weight', 0) };
    const isFalling = tier.weight > 0 && tier.weight < (kept.at(-1)?.weight ?? 101);
    if (tier.key !== '' && isFalling && kept.every(({ key }) => key !== tier.key)) kept.push(tier);
  }
  return kept.length === 0 ? DEFAULT_TIERS : kept;
}

function cachedShare(raw: JsonObject, spec: JsonObject, tiers: readonly DatasetTier[]): readonly CachedShare[] {
  const key = text(raw, 'key');
  const values = arrayAt(raw, 'values').filter((value) => typeof value === 'string');
  const share = Math.min(1, shareOf(raw, spec));
  return share > 0 && values.length > 0 && tiers.some((tier) => tier.key === key) ? [{ key, values, share }] : [];
}

function shareOf(raw: JsonObject, spec: JsonObject): number {
  const percent = member(raw, 'percent');
  if (typeof percent === 'number' && Number.isFinite(percent)) return percent / 100;
  const size = quantityToUnits(member(spec, 'size'), 'kibi', 'up') ?? 0;
  const bytes = quantityToUnits(member(raw, 'bytes'), 'kibi', 'down') ?? 0;
  return size > 0 ? bytes / size : 0;
}
