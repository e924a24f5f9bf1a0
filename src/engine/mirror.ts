import type { Change } from './ports.ts';

/** What became of one object: `next` is undefined when it is gone, `old` when it is new. */
export type Step<T> = (next: T | undefined, old: T | undefined) => void;

/** The newest record of every object of one kind; turns lists into single steps, so that nothing missing is overlooked. */
export class Mirror<T> {
  readonly #records = new Map<string, T>();
  readonly #keyOf: (record: T) => string;
  #isListed = false;

  constructor(keyOf: (record: T) => string) {
    this.#keyOf = keyOf;
  }

  /** A first complete list was taken over. */
  get isListed(): boolean {
    return this.#isListed;
  }

  get(key: string): T | undefined {
    return this.#records.get(key);
  }

  values(): IterableIterator<T> {
    return this.#records.values();
  }

  /** Applies the changes in order; `step` sees each object that is new, changed or gone. */
  apply(changes: readonly Change<T>[], step: Step<T>): void {
    for (const change of changes) {
      if (change.kind === 'replace') this.#replace(change.records, step);
      else if (change.kind === 'upsert') this.#upsert(change.record, step);
      else this.#remove(this.#keyOf(change.record), step);
    }
  }

  #replace(records: readonly T[], step: Step<T>): void {
    const gone = new Set(this.#records.keys());
    for (const record of records) {
      gone.delete(this.#keyOf(record));
      this.#upsert(record, step);
    }
    for (const key of gone) this.#remove(key, step);
    this.#isListed = true;
  }

  #upsert(record: T, step: Step<T>): void {
    const key = this.#keyOf(record);
    const old = this.#records.get(key);
    this.#records.set(key, record);
    step(record, old);
  }

  #remove(key: string, step: Step<T>): void {
    const old = this.#records.get(key);
    if (old === undefined) return;
    this.#records.delete(key);
    step(undefined, old);
  }
}
