/** Makes room in a map of bounded size: takes out the entry that was put in first. */
export function dropOldest<K>(map: Map<K, unknown>): void {
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
