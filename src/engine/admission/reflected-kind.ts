import type { KindView } from '../../../webhooks/admission.ts';
import type { ViewKind } from '../../../webhooks/view-kind.ts';
import { Mirror } from '../mirror.ts';
import type { Change } from '../ports.ts';

/** The records of one kind with their indices, kept step by step: O(indices) a change. */
export class ReflectedKind<T> implements KindView<T> {
  readonly #kind: ViewKind<T>;
  readonly #records: Mirror<T>;
  /** By index, by key in it, by the records' own key. */
  readonly #filed = new Map<string, Map<string, Map<string, T>>>();

  constructor(kind: ViewKind<T>) {
    this.#kind = kind;
    this.#records = new Mirror(kind.keyOf);
    for (const index of Object.keys(kind.indices)) this.#filed.set(index, new Map());
  }

  /** A first complete list was taken over. */
  get isListed(): boolean {
    return this.#records.isListed;
  }

  apply(changes: readonly Change<T>[]): void {
    this.#records.apply(changes, (next, old) => {
      if (old !== undefined) this.#unfile(old);
      if (next !== undefined) this.#file(next);
    });
  }

  get(key: string): T | undefined {
    return this.#records.get(key);
  }

  values(): Iterable<T> {
    return this.#records.values();
  }

  by(index: string, key: string): readonly T[] {
    return [...(this.#filed.get(index)?.get(key)?.values() ?? [])];
  }

  count(index: string, key: string): number {
    return this.#filed.get(index)?.get(key)?.size ?? 0;
  }

  #file(record: T): void {
    for (const [index, keyOf] of Object.entries(this.#kind.indices)) {
      const key = keyOf(record);
      if (key === '') continue;
      const byKey = this.#filed.get(index);
      const records = byKey?.get(key) ?? new Map<string, T>();
      records.set(this.#kind.keyOf(record), record);
      byKey?.set(key, records);
    }
  }

  #unfile(record: T): void {
    for (const [index, keyOf] of Object.entries(this.#kind.indices)) {
      const byKey = this.#filed.get(index);
      const records = byKey?.get(keyOf(record));
      records?.delete(this.#kind.keyOf(record));
      if (records?.size === 0) byKey?.delete(keyOf(record));
    }
  }
}
