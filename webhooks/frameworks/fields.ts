import { placesAt } from '../../src/api/field-path.ts';
import type { Place } from '../../src/api/field-path.ts';
import type { FieldCondition } from '../../src/api/kinds/workload-kind.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { MAX_COUNT } from '../whole-number.ts';

/** Where relative paths start: a part of an object. */
export interface Part {
  readonly object: JsonObject;
  readonly place: Place;
}

/** The object as a whole. */
export function wholeOf(object: JsonObject): Part {
  return { object, place: { value: object, at: [] } };
}

/** The first value that the path leads to. */
export function placeAt({ object, place }: Part, path: string): Place | undefined {
  return placesAt(path, object, place, 1)[0];
}

/** The text there; empty for anything else. */
export function textAt(part: Part, path: string): string {
  const value = placeAt(part, path)?.value;
  return typeof value === 'string' ? value : '';
}

/** The whole number there, as a number or as a text, cut to what a gang may have; undefined for anything else. */
export function wholeAt(part: Part, path: string): number | undefined {
  const value = placeAt(part, path)?.value;
  const number = typeof value === 'string' && DIGITS.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return undefined;
  return Math.min(Math.max(0, Math.trunc(number)), MAX_COUNT);
}

const DIGITS = /^\d{1,9}$/;

/** True for what says yes. */
export function isTrueAt(part: Part, path: string | undefined): boolean {
  return path !== undefined && plainText(placeAt(part, path)?.value) === 'true';
}

/** Whether it holds; what is left out always does. */
export function holds(part: Part, condition: FieldCondition | undefined): boolean {
  return condition === undefined || condition.values.includes(plainText(placeAt(part, condition.path)?.value));
}

function plainText(value: JsonValue | undefined): string {
  return value === undefined || typeof value === 'object' ? '' : String(value);
}
