import type { Change } from '../ports.ts';

/** Told of each record that came, changed or went; exactly one side is undefined when it came or went. */
export type RecordListener<T> = (before: T | undefined, after: T | undefined) => void;

/** The records of one kind as the watch shows them, with a call for each difference. O(1) per change, O(n) per list. */
export class ControllerRecordMap<T> {
  readonly #records = new Map<string, T>();
  readonly #keyOf: (record: T) => string;
  readonly #listener: RecordListener<T>;
  #hasList = false;

  constructor(keyOf: (record: T) => string, listener: RecordListener<T>) {
    this.#keyOf = keyOf;
    this.#listener = listener;
  }

  /** A first complete list was taken over. */
  get hasList(): boolean {
    return this.#hasList;
  }

  get(key: string): T | undefined {
    return this.#records.get(key);
  }

  values(): IterableIterator<T> {
    return this.#records.values();
  }

  apply(changes: readonly Change<T>[]): void {
    for (const change of changes) {
      switch (change.kind) {
        case 'upsert':
          this.#set(change.record);
          break;
        case 'delete':
          this.#remove(this.#keyOf(change.record));
          break;
        case 'replace':
          this.#replace(change.records);
          break;
      }
    }
  }

  #set(record: T): void {
    const key = this.#keyOf(record);
    const before = this.#records.get(key);
    if (before === record) return;
    this.#records.set(key, record);
    this.#listener(before, record);
  }

  #remove(key: string): void {
    const before = this.#records.get(key);
    if (before === undefined) return;
    this.#records.delete(key);
    this.#listener(before, undefined);
  }

  #replace(records: readonly T[]): void {
    const listed = new Set(records.map((record) => this.#keyOf(record)));
    for (const key of this.#records.keys()) {
      if (!listed.has(key)) this.#remove(key);
    }
    for (const record of records) this.#set(record);
    this.#hasList = true;
  }
}
