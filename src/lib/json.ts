/** A parsed JSON value whose shape nobody has checked yet. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** A parsed JSON object whose members nobody has checked yet. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** True for a plain JSON object: neither null nor an array. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own member of an object, or undefined; inherited names such as `constructor` never answer. */
export function member(value: unknown, key: string): JsonValue | undefined {
  if (!isJsonObject(value)) return undefined;
  const found: unknown = value[key];
  // All that objects inherit are functions, but for this one name; and no JSON value is a function. Far cheaper than to ask each time.
  const isInherited = typeof found === 'function' || key === '__proto__';
  return isInherited && !Object.hasOwn(value, key) ? undefined : (found as JsonValue | undefined);
}

/** Follows own members only; undefined as soon as one is missing. */
export function memberAt(value: unknown, ...path: readonly string[]): JsonValue | undefined {
  let current: unknown = value;
  for (const key of path) {
    current = member(current, key);
    if (current === undefined) return undefined;
  }
  return current as JsonValue;
}

/** The member when it is a string, else the fallback; null counts as absent. */
export function stringAt(value: unknown, path: readonly string[], fallback = ''): string {
  const found = memberAt(value, ...path);
  return typeof found === 'string' ? found : fallback;
}

/** A value for people: a text as it is, anything else as JSON; nothing for what is not there. */
export function textOf(value: JsonValue | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The member when it is a finite number, else the fallback. */
export function numberAt(value: unknown, path: readonly string[], fallback: number): number {
  const found = memberAt(value, ...path);
  return typeof found === 'number' && Number.isFinite(found) ? found : fallback;
}

/** The member when it is an object, else an empty one. */
export function objectAt(value: unknown, ...path: readonly string[]): JsonObject {
  const found = memberAt(value, ...path);
  return isJsonObject(found) ? found : EMPTY_OBJECT;
}

/** The member when it is an array, else an empty one. */
export function arrayAt(value: unknown, ...path: readonly string[]): readonly JsonValue[] {
  const found = memberAt(value, ...path);
  return Array.isArray(found) ? (found as readonly JsonValue[]) : EMPTY_ARRAY;
}

/** True when the value has all that is wanted: of objects each wanted member, of lists as many entries in the same order. */
export function covers(value: unknown, wanted: JsonValue | undefined): boolean {
  if (Array.isArray(wanted)) {
    return Array.isArray(value) && value.length === wanted.length && wanted.every((one, i) => covers(value[i], one));
  }
  if (!isJsonObject(wanted)) return value === wanted;
  return isJsonObject(value) && Object.keys(wanted).every((key) => covers(member(value, key), wanted[key]));
}

const EMPTY_OBJECT: JsonObject = Object.freeze({});
const EMPTY_ARRAY: readonly JsonValue[] = Object.freeze([]);
