/**
 * The names that are part of a circle of needs, or need one that is; a need of what has no entry counts as met. Takes away
 * what needs nothing, again and again, until only those are left. O(names + needs).
 */
export function caughtInCircles(needs: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const waiting = new Map([...needs].map(([name, all]) => [name, new Set(all.filter((one) => needs.has(one)))]));
  const waiters = new Map<string, string[]>();
  for (const [name, needed] of waiting) {
    for (const one of needed) {
      const known = waiters.get(one);
      if (known === undefined) waiters.set(one, [name]);
      else known.push(name);
    }
  }
  const free = [...waiting].filter(([, needed]) => needed.size === 0).map(([name]) => name);
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    waiting.delete(name);
    for (const waiter of waiters.get(name) ?? []) {
      const left = waiting.get(waiter);
      left?.delete(name);
      if (left?.size === 0) free.push(waiter);
    }
  }
  return new Set(waiting.keys());
}
