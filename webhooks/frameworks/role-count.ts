import { placesAt } from '../../src/api/field-path.ts';
import type { CountFactor, RoleRule } from '../../src/api/kinds/workload-kind.ts';
import { MAX_COUNT } from '../whole-number.ts';
import { holds, isTrueAt, wholeAt } from './fields.ts';
import type { Part } from './fields.ts';

/** How many pods a role has, and how many of them are enough to start: never more than it has. */
export interface RoleCount {
  readonly count: number;
  readonly min: number;
}

const NONE: RoleCount = { count: 0, min: 0 };

/** The numbers of the role of this name multiplied; for the minimum a lower bound stands in for the first of them. */
export function roleCount(part: Part, rule: RoleRule, name: string): RoleCount {
  if (isTrueAt(part, rule.suspended)) return NONE;
  const [first = 1, ...others] = (rule.count ?? []).map((factor) => factorOf(itemFor(part, factor, name), factor));
  const each = others.reduce(times, 1);
  const least = Math.min(first, lowerBound(part, rule) ?? first);
  return { count: times(first, each), min: times(least, each) };
}

/** Lists of what roles have in common are short; the rest of a longer one is not looked at. */
const MOST_ITEMS = 128;

/** Where the number stands: the part itself, or the item of a list that names the role; nowhere when none does. */
function itemFor(part: Part, { of }: CountFactor, name: string): Part {
  if (of === undefined) return part;
  const { object } = part;
  const items = placesAt(of.list, object, part.place, MOST_ITEMS);
  const found = items.find((place) =>
    placesAt(of.names, object, place, MOST_ITEMS).some(({ value }) => value === name),
  );
  return { object, place: found ?? { value: null, at: [] } };
}

function factorOf(part: Part, { path, default: otherwise = 1, atMost = [], per, minus = 0 }: CountFactor): number {
  const number = wholeAt(part, path) ?? otherwise;
  const limits = atMost.map((limit) => wholeAt(part, limit) ?? MAX_COUNT);
  const divisor = per === undefined ? 1 : Math.max(1, wholeAt(part, per) ?? 1);
  return Math.max(0, Math.ceil(Math.min(number, ...limits) / divisor) - minus);
}

function lowerBound(part: Part, { lowerBounds = [] }: RoleRule): number | undefined {
  for (const { path, when, zeroCounts = false } of lowerBounds) {
    const bound = holds(part, when) ? wholeAt(part, path) : undefined;
    if (bound !== undefined && (bound > 0 || zeroCounts)) return bound;
  }
  return undefined;
}

function times(a: number, b: number): number {
  return Math.min(a * b, MAX_COUNT);
}
