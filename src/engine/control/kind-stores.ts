import type { ResourceType } from '../../api/resources.ts';
import type { WatchedKind } from '../../api/watched-kinds.ts';
import type { WriteEffect } from '../../controllers/effect.ts';
import type { KindIndex, KindView } from '../../controllers/controller.ts';
import { InvariantError } from '../../lib/exhaustive.ts';
import { Mirror } from '../mirror.ts';
import type { Change } from '../ports.ts';

/** Told of each record that came, changed or went; exactly one side is undefined when it came or went. */
export type RecordListener<T> = (before: T | undefined, after: T | undefined) => void;

/** What records have that tell of a write. */
interface Written {
  readonly uid: string;
  readonly resourceVersion: string;
  readonly deleting: boolean;
}

/** The records of one index, by value and key. */
type Indexed = Map<string, Map<string, unknown>>;

interface Store {
  readonly kind: WatchedKind<unknown>;
  readonly records: Mirror<unknown>;
  readonly listeners: RecordListener<unknown>[];
}

/** One mirror a kind, whoever watches it: listeners are told of a change in the order that they came in. */
export class KindStores implements KindView {
  readonly #stores = new Map<ResourceType, Store>();
  readonly #indexes = new Map<KindIndex<unknown>, Indexed>();

  /** Every kind that somebody listens to. */
  get kinds(): readonly WatchedKind<unknown>[] {
    return [...this.#stores.values()].map(({ kind }) => kind);
  }

  /** Every kind was listed once: what is not here does not exist. */
  get synced(): boolean {
    return [...this.#stores.values()].every(({ records }) => records.isListed);
  }

  listen<T>(kind: WatchedKind<T>, listener: RecordListener<T>): void {
    let store = this.#stores.get(kind.type);
    if (store === undefined) {
      store = { kind, records: new Mirror(kind.keyOf as (record: unknown) => string), listeners: [] };
      this.#stores.set(kind.type, store);
    }
    // What a kind's listeners are told was made by that kind's projection.
    store.listeners.push(listener as RecordListener<unknown>);
  }

  apply(type: ResourceType, changes: readonly Change<unknown>[]): void {
    const { records, listeners } = this.#store(type);
    records.apply(changes, (after, before) => {
      for (const listener of listeners) listener(before, after);
    });
  }

  get<T>(kind: WatchedKind<T>, key: string): T | undefined {
    return this.#store(kind.type).records.get(key) as T | undefined;
  }

  values<T>(kind: WatchedKind<T>): Iterable<T> {
    return this.#store(kind.type).records.values() as Iterable<T>;
  }

  by<T>(index: KindIndex<T>, value: string): Iterable<T> {
    // An index is asked with the type of its own kind only.
    const asked = index as KindIndex<unknown>;
    const records = this.#indexes.get(asked) ?? this.#build(asked);
    return (records.get(value)?.values() ?? []) as Iterable<T>;
  }

  #build(index: KindIndex<unknown>): Indexed {
    const { kind, valueOf } = index;
    const indexed: Indexed = new Map();
    const put = (record: unknown): void => {
      const value = valueOf(record);
      if (value === undefined) return;
      const place = indexed.get(value) ?? new Map<string, unknown>();
      indexed.set(value, place.set(kind.keyOf(record), record));
    };
    const take = (record: unknown): void => {
      const place = indexed.get(valueOf(record) ?? '');
      place?.delete(kind.keyOf(record));
      if (place?.size === 0) indexed.delete(valueOf(record) ?? '');
    };
    for (const record of this.values(kind)) put(record);
    this.listen(kind, (before, after) => {
      if (before !== undefined) take(before);
      if (after !== undefined) put(after);
    });
    this.#indexes.set(index, indexed);
    return indexed;
  }

  /**
   * True once the records show what a write that was done has changed; true at once for a kind that nobody watches. A key
   * waits for all its writes, of whatever kinds: one that makes pods waits for the pods.
   */
  shows(write: WriteEffect): boolean {
    const key = write.namespace === '' ? write.name : `${write.namespace}/${write.name}`;
    const store = this.#stores.get(write.type);
    if (store === undefined) return true;
    const record = store.records.get(key) as Partial<Written> | undefined;
    const precondition = write.kind === 'create' ? undefined : write.precondition;
    if (precondition === undefined) return record !== undefined;
    if (record === undefined || record.uid !== precondition.uid) return true;
    return write.kind === 'delete' ? record.deleting === true : record.resourceVersion !== precondition.resourceVersion;
  }

  #store(type: ResourceType): Store {
    const store = this.#stores.get(type);
    if (store === undefined) throw new InvariantError(`Cannot look at ${type.plural}: nobody watches them`);
    return store;
  }
}
