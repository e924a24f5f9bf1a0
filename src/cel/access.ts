import { compiled, mustBe } from './compiled.ts';
import type { Compiled } from './compiled.ts';
import { equals } from './compare.ts';
import { OVER_BUDGET } from './frame.ts';
import type { Frame } from './frame.ts';
import {
  entryOf,
  Failure,
  hasEntry,
  isList,
  isMap,
  itemOf,
  keyFrom,
  lengthOf,
  MadeList,
  MadeMap,
  typeOf,
} from './value.ts';
import type { MapKey, Outcome, Value } from './value.ts';

export function literal(at: number, value: null | boolean | bigint | number | string): Compiled {
  return compiled(at, typeOf(value), [], () => value);
}

export function variable(at: number, name: string, slot: number): Compiled {
  const unbound = new Failure(`${name} has no value here`);
  return compiled(at, 'dyn', [], ({ slots }) => {
    const value = slots[slot];
    return value === undefined ? unbound : value;
  });
}

export function select(at: number, operand: Compiled, field: string): Compiled {
  mustBe(operand, ['map'], `what .${field} is read from`);
  const missing = new Failure(`there is no ${field}`);
  return compiled(at, 'dyn', [operand], (frame) => {
    const map = operand.code(frame);
    if (map instanceof Failure) return map;
    if (!isMap(map)) return new Failure(`${typeOf(map)} has no field ${field}`);
    const value = entryOf(map, field);
    return value === undefined ? missing : value;
  });
}

export function has(at: number, operand: Compiled, field: string): Compiled {
  mustBe(operand, ['map'], `what .${field} is read from`);
  return compiled(at, 'bool', [operand], (frame) => {
    const map = operand.code(frame);
    if (map instanceof Failure) return map;
    return isMap(map) ? entryOf(map, field) !== undefined : new Failure(`${typeOf(map)} has no field ${field}`);
  });
}

export function index(at: number, operand: Compiled, key: Compiled): Compiled {
  mustBe(operand, ['list', 'map'], 'what [] reads from');
  return compiled(at, 'dyn', [operand, key], (frame) => {
    const from = operand.code(frame);
    if (from instanceof Failure) return from;
    const at = key.code(frame);
    return at instanceof Failure ? at : entryAt(from, at);
  });
}

function entryAt(from: Value, at: Value): Outcome {
  if (isList(from)) {
    const place = keyFrom(at);
    if (typeof place !== 'bigint') return new Failure(`a list has no entry ${typeOf(at)}`);
    const item = itemOf(from, Number(place));
    return item === undefined ? new Failure(`the list has no entry ${place}`) : item;
  }
  if (!isMap(from)) return new Failure(`${typeOf(from)} has no entries`);
  const value = entryOf(from, at);
  return value === undefined ? new Failure(`the map has no entry ${keyText(at)}`) : value;
}

function keyText(key: Value): string {
  return typeof key === 'string' ? JSON.stringify(key.slice(0, MAX_SHOWN)) : String(keyFrom(key) ?? typeOf(key));
}

const MAX_SHOWN = 64;

/** `element in list`, or `key in map`. */
export function contains(at: number, element: Compiled, container: Compiled): Compiled {
  mustBe(container, ['list', 'map'], 'what stands after in');
  return compiled(at, 'bool', [element, container], (frame) => {
    const value = element.code(frame);
    if (value instanceof Failure) return value;
    const within = container.code(frame);
    if (within instanceof Failure) return within;
    if (isMap(within)) return hasEntry(within, value);
    return isList(within)
      ? isAmong(within, value, frame)
      : new Failure(`in takes list or map, and there is ${typeOf(within)}`);
  });
}

function isAmong(list: Parameters<typeof lengthOf>[0], value: Value, frame: Frame): Outcome {
  for (let place = 0; place < lengthOf(list); place += 1) {
    const item = itemOf(list, place);
    if (item !== undefined && equals(item, value, frame)) return frame.steps < 0 ? OVER_BUDGET : true;
    if (frame.steps < 0) return OVER_BUDGET;
  }
  return false;
}

export function list(at: number, items: readonly Compiled[]): Compiled {
  return compiled(at, 'list', items, (frame) => {
    const values: Value[] = [];
    for (const { code } of items) {
      const value = code(frame);
      if (value instanceof Failure) return value;
      values.push(value);
    }
    return new MadeList(values);
  });
}

export function map(at: number, entries: readonly (readonly [Compiled, Compiled])[]): Compiled {
  for (const [key] of entries) mustBe(key, ['string', 'int', 'bool'], 'a key of a map');
  return compiled(at, 'map', entries.flat(), (frame) => {
    const values = new Map<MapKey, Value>();
    for (const [key, entry] of entries) {
      const name = key.code(frame);
      if (name instanceof Failure) return name;
      if (typeof name !== 'string' && typeof name !== 'bigint' && typeof name !== 'boolean') {
        return new Failure(`a key of a map is no ${typeOf(name)}`);
      }
      if (values.has(name)) return new Failure(`the map has two entries ${keyText(name)}`);
      const value = entry.code(frame);
      if (value instanceof Failure) return value;
      values.set(name, value);
    }
    return new MadeMap(values);
  });
}
