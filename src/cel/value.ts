import type { JsonObject, JsonValue } from '../lib/json.ts';
import { isJsonObject } from '../lib/json.ts';

/** A list that an expression made. Its numbers are CEL's, while those of JSON lists are JSON's. */
export class MadeList {
  readonly items: readonly Value[];
  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

export type MapKey = string | boolean | bigint;

/** A map that an expression made. */
export class MadeMap {
  readonly entries: ReadonlyMap<MapKey, Value>;
  /** What is read under a key that is not there; `in` says all the same that it is not. */
  readonly fallback: Value | undefined;
  constructor(entries: ReadonlyMap<MapKey, Value>, fallback?: Value) {
    this.entries = entries;
    this.fallback = fallback;
  }
}

/** An amount as Kubernetes writes them, in billionths. */
export class Quantity {
  readonly nano: bigint;
  constructor(nano: bigint) {
    this.nano = nano;
  }
}

/** A semantic version. */
export class Semver {
  /** Major, minor, patch. */
  readonly numbers: readonly [bigint, bigint, bigint];
  /** What stands after the dash, between dots; empty for a release. */
  readonly before: readonly string[];
  constructor(numbers: readonly [bigint, bigint, bigint], before: readonly string[]) {
    this.numbers = numbers;
    this.before = before;
  }
}

/**
 * A value of CEL: `bigint` is int (64 bits), `number` is double. Lists and maps of the input stay the JSON that they are, and
 * their numbers become CEL's when they are read.
 */
export type Value = null | boolean | bigint | number | string | Quantity | Semver | List | ValueMap;

export type List = readonly JsonValue[] | MadeList;
export type ValueMap = JsonObject | MadeMap;

/** Why there is no value. */
export class Failure {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

export type Outcome = Value | Failure;

/** Names of types as users know them. */
export type TypeName = 'null' | 'bool' | 'int' | 'double' | 'string' | 'list' | 'map' | 'quantity' | 'semver';

const MAX_INT = 2 ** 63;

/** JSON has one kind of number: whole ones are ints, as far as 64 bits go, and the rest are doubles. */
export function fromJson(value: JsonValue): Value {
  if (typeof value !== 'number') return value;
  return Number.isInteger(value) && value >= -MAX_INT && value < MAX_INT ? BigInt(value) : value;
}

export function typeOf(value: Value): TypeName {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'double';
    default:
      if (value === null) return 'null';
      if (value instanceof Quantity) return 'quantity';
      if (value instanceof Semver) return 'semver';
      return isList(value) ? 'list' : 'map';
  }
}

export function isList(value: Value): value is List {
  return Array.isArray(value) || value instanceof MadeList;
}

export function isMap(value: Value): value is ValueMap {
  if (value instanceof MadeMap) return true;
  return isJsonObject(value) && !OTHERS.some((other) => (value as object) instanceof other);
}

const OTHERS = [MadeList, Quantity, Semver];

export function lengthOf(list: List): number {
  return list instanceof MadeList ? list.items.length : list.length;
}

/** The entry; undefined beyond the end. */
export function itemOf(list: List, index: number): Value | undefined {
  if (list instanceof MadeList) return list.items[index];
  const item = list[index];
  return item === undefined ? undefined : fromJson(item);
}

/** All entries as values. */
export function itemsOf(list: List): readonly Value[] {
  return list instanceof MadeList ? list.items : list.map(fromJson);
}

/** Only own members of JSON objects answer, never what objects inherit. */
export function entryOf(map: ValueMap, key: Value): Value | undefined {
  if (map instanceof MadeMap) {
    const asKey = keyFrom(key);
    const found = asKey === undefined ? undefined : map.entries.get(asKey);
    return found === undefined ? map.fallback : found;
  }
  if (typeof key !== 'string' || !Object.hasOwn(map, key)) return undefined;
  const found = map[key];
  return found === undefined ? undefined : fromJson(found);
}

/** Whether the key itself is there. */
export function hasEntry(map: ValueMap, key: Value): boolean {
  if (!(map instanceof MadeMap)) return entryOf(map, key) !== undefined;
  const asKey = keyFrom(key);
  return asKey !== undefined && map.entries.has(asKey);
}

export function keysOf(map: ValueMap): readonly MapKey[] {
  return map instanceof MadeMap ? [...map.entries.keys()] : Object.keys(map);
}

/** The key that a value stands for when a map is read: 1.0 finds 1; undefined when nothing can be under it. */
export function keyFrom(value: Value): MapKey | undefined {
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint') return value;
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : undefined;
}
