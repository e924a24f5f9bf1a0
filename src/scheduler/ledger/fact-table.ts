/** Records of one kind by their keys, as the watch tells them. */
export interface FactTable<T> {
  get(key: string): T | undefined;
  set(key: string, record: T): void;
  delete(key: string): void;
}

/** The map as such a table; every change is told. */
export function factTable<T>(map: Map<string, T>, onChange: () => void): FactTable<T> {
  return {
    get: (key) => map.get(key),
    set: (key, record) => {
      map.set(key, record);
      onChange();
    },
    delete: (key) => {
      map.delete(key);
      onChange();
    },
  };
}
