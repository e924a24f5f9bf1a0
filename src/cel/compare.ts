import { pays } from './frame.ts';
import type { Frame } from './frame.ts';
import { orderOfSemvers } from './semver.ts';
import { entryOf, isList, isMap, itemOf, keysOf, lengthOf, Quantity, Semver } from './value.ts';
import type { List, MapKey, Value, ValueMap } from './value.ts';

/** Characters that are compared or searched for one step. */
const CHARACTERS_A_STEP = 256;
/** Lists and maps within one another that are compared. */
const MAX_DEPTH = 128;

/** What it costs to go through texts. */
export function textSteps(length: number): number {
  return Math.ceil(length / CHARACTERS_A_STEP);
}

/** Equal in the sense of CEL: numbers by their value whatever their type, everything else within its type. No answer counts once the budget is used up. */
export function equals(a: Value, b: Value, frame: Frame, depth = 0): boolean {
  if (!pays(frame, depth > MAX_DEPTH ? Infinity : 1)) return false;
  if (isNumber(a)) return isNumber(b) && sameNumber(a, b);
  if (typeof a === 'string') return pays(frame, textSteps(a.length)) && a === b;
  return typeof a === 'boolean' || a === null || b === null ? a === b : sameObjects(a, b, frame, depth);
}

function sameObjects(
  a: Quantity | Semver | List | ValueMap,
  b: Exclude<Value, null>,
  frame: Frame,
  depth: number,
): boolean {
  if (a instanceof Quantity) return b instanceof Quantity && a.nano === b.nano;
  if (a instanceof Semver) return b instanceof Semver && orderOfSemvers(a, b) === 0;
  if (isList(a)) return isList(b) && sameLists(a, b, frame, depth);
  return isMap(b) && sameMaps(a, b, frame, depth);
}

/** Below zero, zero or above; undefined where there is no order: other types, or NaN. */
export function order(a: Value, b: Value, frame: Frame): number | undefined {
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : Number(a > b);
  // As everywhere else, an int beside a double is rounded to one.
  if (isNumber(a) && isNumber(b)) return orderOfDoubles(Number(a), Number(b));
  if (typeof a === 'string' && typeof b === 'string') {
    return pays(frame, textSteps(Math.min(a.length, b.length))) ? orderOfTexts(a, b) : Number.NaN;
  }
  return typeof a === 'boolean' && typeof b === 'boolean' ? Number(a) - Number(b) : undefined;
}

/** Infinities are their own equals; NaN stands nowhere. */
function orderOfDoubles(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** By code points: UTF-16 puts those beyond the first 65,536 before some of the others. */
function orderOfTexts(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let at = 0;
  while (at < end && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  if (at === end) return a.length - b.length;
  return rankOfUnit(a.charCodeAt(at)) - rankOfUnit(b.charCodeAt(at));
}

/** Surrogates come after all other units. */
function rankOfUnit(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

function isNumber(value: Value): value is bigint | number {
  return typeof value === 'bigint' || typeof value === 'number';
}

/** Exact, also where a double would not hold the int. */
function sameNumber(a: bigint | number, b: bigint | number): boolean {
  if (typeof a === typeof b) return a === b;
  const [int, double] = typeof a === 'bigint' ? [a, Number(b)] : [b, a];
  return Number.isInteger(double) && BigInt(double) === int;
}

function sameLists(a: List, b: List, frame: Frame, depth: number): boolean {
  const length = lengthOf(a);
  if (length !== lengthOf(b)) return false;
  for (let index = 0; index < length; index += 1) {
    const [one, other] = [itemOf(a, index), itemOf(b, index)];
    if (one === undefined || other === undefined || !equals(one, other, frame, depth + 1)) return false;
  }
  return true;
}

function sameMaps(a: ValueMap, b: ValueMap, frame: Frame, depth: number): boolean {
  const keys = listedKeys(a, frame);
  if (keys === undefined || keys.length !== listedKeys(b, frame)?.length) return false;
  return keys.every((key) => {
    const [one, other] = [entryOf(a, key), entryOf(b, key)];
    return one !== undefined && other !== undefined && equals(one, other, frame, depth + 1);
  });
}

/** The keys, paid for; undefined when that is too much. Nobody knows how many there are before they were listed once. */
export function listedKeys(map: ValueMap, frame: Frame): readonly MapKey[] | undefined {
  if (frame.steps < 0) return undefined;
  const keys = keysOf(map);
  return pays(frame, 1 + Math.ceil(keys.length / 2)) ? keys : undefined;
}
