import { fieldError, keyPath } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { isJsonObject } from '../lib/json.ts';
import { formatUnits, parseQuantity, quantityToUnits } from '../lib/quantity.ts';
import type { QuantityUnit, Rounding } from '../lib/quantity.ts';
import { deviceUnit } from './accelerators/unit-class.ts';
import type { ResourceAmounts } from './records/scheduling-shape.ts';

/** What a resource list said, and what in it could not be read; unreadable entries are left out of the amounts. */
export interface ParsedAmounts {
  readonly amounts: ResourceAmounts;
  readonly errors: readonly FieldError[];
}

/** The unit that a resource is counted in: thousandths of a cpu, and of a device where all vendors have one unit, KiB of memory, of devices too, and of storage, ones of all else. */
export function resourceUnit(name: string): QuantityUnit {
  const unit = deviceUnit(name);
  if (unit !== undefined) return unit.measure === 'memory' ? 'kibi' : 'milli';
  if (name === 'cpu') return 'milli';
  return KIBI_RESOURCES.has(name) || name.startsWith('hugepages-') ? 'kibi' : 'one';
}

/**
 * Reads a Kubernetes resource list (`{cpu: "2", memory: "4Gi"}`); null and absent are an empty one.
 * Negative amounts are errors. `path` is where the list stands, for the errors. A list of more than 64 names is one
 * error, whatever else is in it: every name takes a place in every ledger. What asks by such a list asks for a resource
 * that no node has, and so is never placed by a part of its list.
 */
export function parseAmounts(raw: unknown, rounding: Rounding, path = ''): ParsedAmounts {
  const amounts = new Map<string, number>();
  if (raw === undefined || raw === null) return { amounts, errors: [] };
  if (!isJsonObject(raw)) return { amounts, errors: [fieldError(path, 'FieldValueInvalid', scalar(raw), NOT_A_LIST)] };
  const errors: FieldError[] = [];
  const all = Object.keys(raw);
  const isTooLong = all.length > MAX_RESOURCE_NAMES;
  if (isTooLong) errors.push(fieldError(path, 'FieldValueInvalid', undefined, TOO_LONG));
  for (const name of isTooLong ? MACHINE_RESOURCES.filter((basic) => Object.hasOwn(raw, basic)) : all) {
    const text = raw[name];
    const amount = isNegative(text) ? -1 : quantityToUnits(text, resourceUnit(name), rounding);
    if (amount !== undefined && amount >= 0) amounts.set(name, amount);
    else
      errors.push(
        fieldError(keyPath(path, name), 'FieldValueInvalid', scalar(text), amount === undefined ? MALFORMED : NEGATIVE),
      );
  }
  // Supply is rounded down: no node offers this.
  if (isTooLong && rounding === 'up') amounts.set(TOO_MANY_RESOURCES, 1);
  return { amounts, errors };
}

/** Amounts of at most 64 names; of more, only those that every machine has and the resource that no node has. */
export function boundedAmounts(amounts: Map<string, number>): Map<string, number> {
  if (amounts.size <= MAX_RESOURCE_NAMES) return amounts;
  const kept = MACHINE_RESOURCES.flatMap((name): readonly (readonly [string, number])[] => {
    const amount = amounts.get(name);
    return amount === undefined ? [] : [[name, amount]];
  });
  return new Map([...kept, [TOO_MANY_RESOURCES, 1]]);
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

/** The amounts of such a text; none when it is empty. */
export function amountsOfText(text: string): ResourceAmounts {
  return text === '' ? new Map() : parseAmounts(JSON.parse(text), 'up').amounts;
}

/** Real lists have fewer than 20. */
const MAX_RESOURCE_NAMES = 64;
/** What is asked for by a list that is too long to be looked at. */
const TOO_MANY_RESOURCES = 'sluice.dev/more-than-64-resources';
const MACHINE_RESOURCES = ['cpu', 'memory', 'ephemeral-storage', 'pods'] as const;
const TOO_LONG = `must not name more than ${MAX_RESOURCE_NAMES} resources`;
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
