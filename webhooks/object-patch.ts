import { isJsonObject, member } from '../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../src/lib/json.ts';
import { pointer } from '../src/lib/json-patch.ts';
import type { PatchOperation } from '../src/lib/json-patch.ts';

/** Keys of maps and indices of lists. */
export type PatchPath = readonly (string | number)[];

/**
 * Collects the fewest operations that give leaves of one object the wanted value, and lists what they lack.
 * A map or list is added only where none is (null counts as none); what stands where a map belongs is left alone, since the
 * API server refuses such an object by itself.
 */
export class ObjectPatch {
  readonly #object: JsonObject;
  readonly #operations: PatchOperation[] = [];
  /** Maps that this patch adds, by pointer: further leaves go into them instead of into operations of their own. */
  readonly #added = new Map<string, Record<string, JsonValue>>();
  /** Lists that this patch adds, by pointer. */
  readonly #addedLists = new Map<string, JsonValue[]>();

  constructor(object: JsonObject) {
    this.#object = object;
  }

  get operations(): readonly PatchOperation[] {
    return this.#operations;
  }

  /** Each leaf may be set once. */
  set(path: PatchPath, value: JsonValue): void {
    const parent = this.#parent(path.slice(0, -1));
    if (parent !== undefined) this.#put(parent, path, value);
  }

  /** Entries that come after whatever the list has; a list is added where none is. */
  append(path: PatchPath, ...entries: readonly JsonValue[]): void {
    if (entries.length === 0) return;
    const parent = this.#parent(path.slice(0, -1));
    if (parent === undefined) return;
    const at = pointer(...path);
    const found = member(parent.map, keyOf(path));
    const added = this.#addedLists.get(at);
    if (added !== undefined) added.push(...entries);
    else if (Array.isArray(found)) {
      for (const value of entries) this.#operations.push({ op: 'add', path: `${at}/-`, value });
    } else if (found === undefined || found === null) {
      const list = [...entries];
      this.#addedLists.set(at, list);
      this.#put(parent, path, list);
    }
  }

  remove(path: PatchPath): void {
    let current: JsonValue | undefined = this.#object;
    for (const key of path) current = current === undefined ? undefined : childOf(current, key);
    if (current !== undefined) this.#operations.push({ op: 'remove', path: pointer(...path) });
  }

  #put(parent: Parent, path: PatchPath, value: JsonValue): void {
    const key = keyOf(path);
    const added = this.#added.get(parent.at);
    if (added !== undefined) {
      added[key] = value;
      return;
    }
    if (member(parent.map, key) === value) return;
    this.#operations.push({ op: Object.hasOwn(parent.map, key) ? 'replace' : 'add', path: pointer(...path), value });
  }

  /** The map at the path as it will be when the patch is applied; undefined where something else stands. */
  #parent(path: PatchPath): Parent | undefined {
    let current: JsonValue = this.#object;
    let at = '';
    for (const key of path) {
      const parentAt = at;
      at += pointer(key);
      const next = childOf(current, key);
      if (typeof next === 'object' && next !== null) current = next;
      else if (typeof key === 'string' && isJsonObject(current) && (next === undefined || next === null)) {
        current = this.#addMap(parentAt, key, at);
      } else return undefined;
    }
    return isJsonObject(current) ? { at, map: current } : undefined;
  }

  #addMap(parentAt: string, key: string, at: string): JsonObject {
    const known = this.#added.get(at);
    if (known !== undefined) return known;
    const map: Record<string, JsonValue> = {};
    const parent = this.#added.get(parentAt);
    if (parent === undefined) this.#operations.push({ op: 'add', path: at, value: map });
    else parent[key] = map;
    this.#added.set(at, map);
    return map;
  }
}

interface Parent {
  readonly at: string;
  readonly map: JsonObject;
}

function keyOf(path: PatchPath): string {
  return String(path.at(-1) ?? '');
}

function childOf(parent: JsonValue, key: string | number): JsonValue | undefined {
  if (typeof key === 'string') return member(parent, key);
  return Array.isArray(parent) ? (parent as readonly JsonValue[])[key] : undefined;
}
