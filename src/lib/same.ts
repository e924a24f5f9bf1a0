/**
 * Whether two records say the same: structural equality of primitives, arrays, Maps and plain objects. Members that are
 * named in `but` are left out, at the top only. O(size), and O(1) for parts that are one and the same object.
 */
export function saysTheSame<T extends object>(a: T, b: T, but: readonly (keyof T)[] = []): boolean {
  if (a === b) return true;
  const keys = Object.keys(a) as (keyof T)[];
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => but.includes(key) || isSame(a[key], b[key]));
}

/** The same for any two values. */
export function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((entry, at) => isSame(entry, b[at]));
  }
  if (a instanceof Map) return b instanceof Map && isSameMap(a, b);
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  return !Array.isArray(b) && !(b instanceof Map) && saysTheSame(a, b);
}

function isSameMap(a: ReadonlyMap<unknown, unknown>, b: ReadonlyMap<unknown, unknown>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a) if (!b.has(key) || !isSame(value, b.get(key))) return false;
  return true;
}
