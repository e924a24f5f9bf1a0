import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { member, objectAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { parseQuantity } from '../../src/lib/quantity.ts';
import { keyProblem, nameErrors, required } from './names.ts';

const BUILT_IN = new Set(['cpu', 'memory', 'ephemeral-storage']);
/** Billionths of one. */
const ONE = 1_000_000_000n;

/** Requests and limits of one container, each by itself and against each other. */
export function resourceErrors(resources: JsonValue | undefined, path: string): readonly FieldError[] {
  const [requests, limits] = [objectAt(resources, 'requests'), objectAt(resources, 'limits')];
  const errors = [...listErrors(requests, `${path}.requests`), ...listErrors(limits, `${path}.limits`)];
  return [...errors, ...pairErrors(requests, limits, path)];
}

function listErrors(list: JsonObject, path: string): readonly FieldError[] {
  return Object.entries(list).flatMap(([name, raw]) => {
    const at = keyPath(path, name);
    const amount = parseQuantity(raw);
    const errors = [...nameErrors(at, name, keyProblem)];
    if (!isKnown(name)) {
      errors.push(fieldError(at, 'FieldValueInvalid', name, 'must be a standard resource type or fully qualified'));
    }
    if (amount === undefined)
      errors.push(fieldError(at, 'FieldValueInvalid', raw, 'must be a quantity such as 2, 500m or 16Gi'));
    else if (amount < 0n) errors.push(fieldError(at, 'FieldValueInvalid', raw, 'must be greater than or equal to 0'));
    else if (isExtended(name) && amount % ONE !== 0n)
      errors.push(fieldError(at, 'FieldValueInvalid', raw, 'must be an integer'));
    return errors;
  });
}

function isKnown(name: string): boolean {
  return BUILT_IN.has(name) || name.startsWith('hugepages-') || name.includes('/');
}

/** Devices and the like: a whole number, and no more of them than asked for. */
function isExtended(name: string): boolean {
  return name.includes('/') && !name.split('/', 1).includes('kubernetes.io');
}

function pairErrors(requests: JsonObject, limits: JsonObject, path: string): readonly FieldError[] {
  return Object.entries(requests).flatMap(([name, raw]) => {
    const at = keyPath(`${path}.requests`, name);
    const limit = member(limits, name);
    const isFixed = isExtended(name) || name.startsWith('hugepages-');
    if (limit === undefined) {
      const message = 'Limit must be set for non overcommitable resources';
      return isFixed ? [required(keyPath(`${path}.limits`, name), message)] : [];
    }
    const [asked, most] = [parseQuantity(raw), parseQuantity(limit)];
    if (asked === undefined || most === undefined) return [];
    if (isFixed && asked !== most) {
      return [fieldError(at, 'FieldValueInvalid', raw, `must be equal to ${name} limit of ${stringOf(limit)}`)];
    }
    if (asked <= most) return [];
    return [
      fieldError(at, 'FieldValueInvalid', raw, `must be less than or equal to ${name} limit of ${stringOf(limit)}`),
    ];
  });
}

function stringOf(quantity: JsonValue): string {
  return typeof quantity === 'object' ? '' : String(quantity);
}
