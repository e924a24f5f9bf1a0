import { isJsonObject, member } from '../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../src/lib/json.ts';
import { pointer } from '../src/lib/json-patch.ts';
import type { PatchOperation } from '../src/lib/json-patch.ts';

/**
 * Collects the fewest operations that give leaves of one object the wanted text.
 * A map is added only where none is (null counts as none); what stands where a map belongs is left alone, since the
 * API server refuses such an object by itself.
 */
export class ObjectPatch {
  readonly #object: JsonObject;
  readonly #operations: PatchOperation[] = [];
  /** Maps that this patch adds, by pointer: further leaves go into them instead of into operations of their own. */
  readonly #added = new Map<string, Record<string, JsonValue>>();

  constructor(object: JsonObject) {
    this.#object = object;
  }

  get operations(): readonly PatchOperation[] {
    return this.#operations;
  }

  /** Each leaf may be set once. */
  set(path: readonly string[], value: string): void {
    const key = path.at(-1);
    const parent = this.#parent(path.slice(0, -1));
    if (key === undefined || parent === undefined) return;
    const added = this.#added.get(parent.at);
    if (added !== undefined) {
      added[key] = value;
      return;
    }
    if (member(parent.map, key) === value) return;
    this.#operations.push({ op: Object.hasOwn(parent.map, key) ? 'replace' : 'add', path: pointer(...path), value });
  }

  remove(path: readonly string[]): void {
    let current: JsonValue | undefined = this.#object;
    for (const key of path) current = member(current, key);
    if (current !== undefined) this.#operations.push({ op: 'remove', path: pointer(...path) });
  }

  /** The map at the path as it will be when the patch is applied; undefined where something else stands. */
  #parent(path: readonly string[]): { readonly at: string; readonly map: JsonObject } | undefined {
    let map: JsonObject = this.#object;
    let at = '';
    for (const key of path) {
      const parentAt = at;
      at += pointer(key);
      const next: JsonValue | undefined = member(map, key);
      if (isJsonObject(next)) map = next;
      else if (next === undefined || next === null) map = this.#addMap(parentAt, key, at);
      else return undefined;
    }
    return { at, map };
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
