import { fieldError, keyPath } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { isJsonObject } from '../lib/json.ts';
import { formatUnits, parseQuantity, quantityToUnits } from '../lib/quantity.ts';
import type { QuantityUnit, Rounding } from '../lib/quantity.ts';
import type { ResourceAmounts } from './records/scheduling-shape.ts';

/** What a resource list said, and what in it could not be read; unreadable entries are left out of the amounts. */
export interface ParsedAmounts {
  readonly amounts: ResourceAmounts;
  readonly errors: readonly FieldError[];
}

/** The unit that a resource is counted in: thousandths of a cpu, KiB of memory and storage, ones of all else. */
export function resourceUnit(name: string): QuantityUnit {
  if (name === 'cpu') return 'milli';
  return KIBI_RESOURCES.has(name) || name.startsWith('hugepages-') ? 'kibi' : 'one';
}

/**
 * Reads a Kubernetes resource list (`{cpu: "2", memory: "4Gi"}`); null and absent are an empty one.
 * Negative amounts are errors. `path` is where the list stands, for the errors.
 */
export function parseAmounts(raw: unknown, rounding: Rounding, path = ''): ParsedAmounts {
  const amounts = new Map<string, number>();
  if (raw === undefined || raw === null) return { amounts, errors: [] };
  if (!isJsonObject(raw)) return { amounts, errors: [fieldError(path, 'FieldValueInvalid', scalar(raw), NOT_A_LIST)] };
  const errors: FieldError[] = [];
  for (const name of Object.keys(raw)) {
    const text = raw[name];
    const amount = isNegative(text) ? -1 : quantityToUnits(text, resourceUnit(name), rounding);
    if (amount !== undefined && amount >= 0) amounts.set(name, amount);
    else
      errors.push(
        fieldError(keyPath(path, name), 'FieldValueInvalid', scalar(text), amount === undefined ? MALFORMED : NEGATIVE),
      );
  }
  return { amounts, errors };
}

/** The amounts of a resource list that may be missing; anything that is not a list counts as missing. */
export function optionalAmounts(raw: unknown, rounding: Rounding): ResourceAmounts | undefined {
  return isJsonObject(raw) ? parseAmounts(raw, rounding).amounts : undefined;
}

/** The resource list of the amounts, with sorted names: equal amounts give equal lists. */
export function formatAmounts(amounts: ResourceAmounts): Readonly<Record<string, string>> {
  const names = [...amounts.keys()].toSorted();
  return Object.fromEntries(names.map((name) => [name, formatUnits(amounts.get(name) ?? 0, resourceUnit(name))]));
}

/** One text for equal amounts, to see whether a written resource list has to change. */
export function amountsText(amounts: ResourceAmounts): string {
  return JSON.stringify(formatAmounts(amounts));
}

const KIBI_RESOURCES: ReadonlySet<string> = new Set(['memory', 'ephemeral-storage', 'storage']);
const NOT_A_LIST = 'must be a map from resource names to quantities';
const MALFORMED = 'must be a Kubernetes quantity such as 2, 500m or 16Gi';
const NEGATIVE = 'must not be negative';

/** Only a plain value is shown: a nested one may be of any size and depth. */
function scalar(raw: unknown): unknown {
  return typeof raw === 'object' ? undefined : raw;
}

/** Asked before rounding: -1n of anything would round up to zero and pass. */
function isNegative(raw: unknown): boolean {
  if (typeof raw === 'number') return raw < 0;
  return typeof raw === 'string' && raw.startsWith('-') && (parseQuantity(raw) ?? 0n) < 0n;
}
