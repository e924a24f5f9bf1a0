import { isJsonObject, member } from '../lib/json.ts';
import type { JsonValue } from '../lib/json.ts';
import { RecentMap } from '../lib/recent-map.ts';

/** A step to every entry of a map, by key in order of code units. */
export const EACH_ENTRY = Symbol('each entry');
/** A step to every item of a list. */
export const EACH_ITEM = Symbol('each item');

/** The way to a field, as workload kinds write it. */
export interface FieldPath {
  /** It begins at the object (`$.`), and not at the part that is looked at. */
  readonly isAbsolute: boolean;
  readonly steps: readonly (string | typeof EACH_ENTRY | typeof EACH_ITEM)[];
}

/** A value, and the way that led to it. */
export interface Place {
  readonly value: JsonValue;
  /** Keys and indices from the object on. */
  readonly at: readonly (string | number)[];
}

/** Deeper than any template stands. */
const MOST_STEPS = 16;
const STEP = /^(?:\.?([\w-]+)|\.(\*)|(\[\])|\["([^"]{1,253})"\])/;

/**
 * Reads a path: names with dots between them (`spec.template`), a key with dots in brackets (`labels["ray.io/group"]`), `.*`
 * for every entry of a map, `[]` for every item of a list. Undefined for anything else.
 */
export function parseFieldPath(text: string): FieldPath | undefined {
  const isAbsolute = text.startsWith('$.');
  const steps: FieldPath['steps'][number][] = [];
  let rest = isAbsolute ? text.slice(1) : text;
  if (!isAbsolute && rest.startsWith('.')) return undefined;
  while (rest !== '') {
    const found = STEP.exec(rest);
    if (found === null || steps.length === MOST_STEPS) return undefined;
    const [whole, name, entry, item, key] = found;
    if (entry !== undefined) steps.push(EACH_ENTRY);
    else if (item !== undefined) steps.push(EACH_ITEM);
    else steps.push(name ?? key ?? '');
    rest = rest.slice(whole.length);
  }
  return steps.length === 0 ? undefined : { isAbsolute, steps };
}

/** Kinds have few paths, and each review reads them again. */
const KNOWN = new RecentMap<FieldPath>(1024);

function knownPath(text: string): FieldPath | undefined {
  const known = KNOWN.get(text);
  if (known !== undefined) return known;
  const parsed = parseFieldPath(text);
  return parsed && KNOWN.set(text, parsed);
}

/** Every value that a path leads to, at most so many; a path that cannot be read leads nowhere. */
export function placesAt(path: string, object: JsonValue, from: Place, most: number): readonly Place[] {
  const parsed = knownPath(path);
  if (parsed === undefined) return [];
  const start = parsed.isAbsolute ? { value: object, at: [] } : from;
  if (parsed.steps.every((step) => typeof step === 'string')) return oneField(start, parsed.steps);
  let places: readonly Place[] = [start];
  for (const step of parsed.steps) places = places.flatMap((place) => next(place, step, most)).slice(0, most);
  return places;
}

/** The usual way: to one field, without a list for each step. */
function oneField({ value, at }: Place, steps: readonly string[]): readonly Place[] {
  let current: JsonValue | undefined = value;
  for (const step of steps) {
    current = member(current, step);
    if (current === undefined || current === null) return [];
  }
  return [{ value: current, at: [...at, ...steps] }];
}

function next({ value, at }: Place, step: FieldPath['steps'][number], most: number): readonly Place[] {
  if (step === EACH_ITEM) {
    const items: readonly JsonValue[] = Array.isArray(value) ? (value as readonly JsonValue[]) : [];
    return items.slice(0, most).map((item, index) => ({ value: item, at: [...at, index] }));
  }
  if (step === EACH_ENTRY) {
    if (!isJsonObject(value)) return [];
    const keys = Object.keys(value).toSorted().slice(0, most);
    return keys.map((key) => ({ value: member(value, key) ?? null, at: [...at, key] }));
  }
  const found = member(value, step);
  return found === undefined || found === null ? [] : [{ value: found, at: [...at, step] }];
}
