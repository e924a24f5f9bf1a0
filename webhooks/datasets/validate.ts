import { DEFAULT_TIERS } from '../../src/api/projections/dataset.ts';
import { validateDataset } from '../../src/api/validate.ts';
import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt, memberAt, numberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { allow, refuse, UNCHANGED } from '../verdict.ts';

/** Datasets: tiers whose weights do not fall would mean nothing. */
export function validateDatasetReview(request: AdmissionRequest): Verdict {
  const { object, subresource } = request;
  if (object === undefined || subresource !== '' || isBeingDeleted(request)) return UNCHANGED;
  const shape = validateDataset(object);
  const errors = shape.length > 0 ? shape : tierErrors(object);
  if (errors.length > 0) return refuse('InvalidDataset', ...errors);
  const warnings = sizeWarnings(object);
  return warnings.length === 0 ? UNCHANGED : allow([], warnings);
}

function tierErrors(object: JsonObject): readonly FieldError[] {
  const tiers = arrayAt(object, 'spec', 'tiers');
  return tiers.flatMap((tier, at) => {
    const path = `spec.tiers[${at}]`;
    const before = tiers.slice(0, at);
    const [key, weight] = [stringAt(tier, ['key']), numberAt(tier, ['weight'], 0)];
    const isFalling = before.every((one) => numberAt(one, ['weight'], 0) > weight);
    return [
      ...(before.some((one) => stringAt(one, ['key']) === key)
        ? [fieldError(`${path}.key`, 'FieldValueDuplicate', key, 'is a tier already')]
        : []),
      ...(isFalling
        ? []
        : [fieldError(`${path}.weight`, 'FieldValueInvalid', weight, 'must be less than those before')]),
    ];
  });
}

/** Told to whoever writes the spec; a cache that writes the status is told nothing. */
function sizeWarnings(object: JsonObject): readonly string[] {
  const cached = arrayAt(object, 'status', 'cached');
  const tiers = arrayAt(object, 'spec', 'tiers').map((tier) => stringAt(tier, ['key']));
  const keys = new Set(tiers.length === 0 ? DEFAULT_TIERS.map(({ key }) => key) : tiers);
  const lost = cached.map((entry) => stringAt(entry, ['key'])).filter((key) => !keys.has(key));
  const isSizeless = cached.some(
    (entry) => memberAt(entry, 'bytes') !== undefined && memberAt(entry, 'percent') === undefined,
  );
  const hasSize = memberAt(object, 'spec', 'size') !== undefined;
  return [
    ...[...new Set(lost)].map((key) => `status.cached: ${key} is no tier of the dataset: it counts for nothing`),
    ...(isSizeless && !hasSize ? ['spec.size is not set: what caches tell in bytes counts for nothing'] : []),
  ];
}
