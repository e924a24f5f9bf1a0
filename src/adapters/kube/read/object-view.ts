import type { Change } from '../../../engine/ports.ts';
import { member, stringAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { compareResourceVersions } from '../../../lib/resource-version.ts';
import { Tombstones } from './tombstones.ts';

/** What the view tells besides the changes: all of these are counted. */
export interface ViewObserver<T> {
  onChange(change: Change<T>): void;
  /** An event that is older than what the view holds (`older`) or repeats it (`same`). */
  onStale(kind: 'older' | 'same'): void;
  /** An object that the projection could not read. */
  onMalformed(key: string, error: string): void;
}

/** How raw objects become records. */
export interface Projection<T> {
  readonly project: (raw: JsonObject) => T | undefined;
  /** `namespace/name`, or the name alone for cluster-scoped kinds. */
  readonly keyOf: (record: T) => string;
  /** Version of the record's object, where it tells that: it need not be kept a second time. */
  readonly versionOf?: ((record: T) => string) | undefined;
}

/** A record that does not tell its version. */
class Entry<T> {
  readonly version: string;
  /** Undefined: the object exists and cannot be read. */
  readonly record: T | undefined;

  constructor(version: string, record: T | undefined) {
    this.version = version;
    this.record = record;
  }
}

/** What is kept of an object. */
type Kept<T> = T | Entry<T>;

interface Identity {
  readonly key: string;
  readonly version: string;
}

/**
 * One kind as its reflector knows it: records by key, never moving backwards. During a list a second set is built
 * beside the first, and takes its place at `commitList`.
 */
export class ObjectView<T> {
  readonly #projection: Projection<T>;
  readonly #observer: ViewObserver<T>;
  #entries = new Map<string, Kept<T>>();
  #listing: Map<string, Kept<T>> | undefined;
  /** Answers of own writes that came during a list; decided upon when its version is known. */
  #observedMeanwhile: JsonObject[] = [];
  readonly #tombstones = new Tombstones();
  #touched: Set<string> | undefined;
  /** Resume point; empty: a list is needed. */
  #version = '';

  constructor(projection: Projection<T>, observer: ViewObserver<T>) {
    this.#projection = projection;
    this.#observer = observer;
  }

  get version(): string {
    return this.#version;
  }

  get size(): number {
    return this.#entries.size;
  }

  get isListing(): boolean {
    return this.#listing !== undefined;
  }

  /** Version by key of everything the view holds. */
  versionOf(key: string): string | undefined {
    return this.#versionOf(this.#entries.get(key));
  }

  keys(): IterableIterator<string> {
    return this.#entries.keys();
  }

  /** Starts a new set of keys; a list that was under way is thrown away. */
  beginList(): void {
    this.#listing = new Map();
    this.#observedMeanwhile = [];
  }

  /** Ends the list at its version: everything that was not in it is gone. */
  commitList(version: string): void {
    const listing = this.#listing ?? new Map<string, Kept<T>>();
    this.#listing = undefined;
    this.#entries = listing;
    this.#version = version;
    this.#tombstones.clear();
    const records: T[] = [];
    for (const kept of listing.values()) {
      const record = recordOf(kept);
      if (record !== undefined) records.push(record);
    }
    this.#observer.onChange({ kind: 'replace', records });
    for (const raw of this.#observedMeanwhile) this.observe(raw);
    this.#observedMeanwhile = [];
  }

  /** Gives up a list that is under way; what was known before stays. */
  abandonList(): void {
    this.#listing = undefined;
    this.#observedMeanwhile = [];
  }

  /** The version is too old for the server: a list is needed, meanwhile the handler's view stands. */
  forgetVersion(): void {
    this.#version = '';
  }

  /** Everything is forgotten, as before the first list. */
  clear(): void {
    this.#entries = new Map();
    this.#version = '';
    this.#tombstones.clear();
    this.abandonList();
  }

  /** Takes an event of the watch; false when the object has no name or version. */
  take(type: 'ADDED' | 'MODIFIED' | 'DELETED', raw: JsonObject): boolean {
    const identity = identify(raw);
    if (identity === undefined) return false;
    if (this.#listing !== undefined) this.#takeIntoList(this.#listing, type, identity, raw);
    else if (type === 'DELETED') this.#remove(identity, raw);
    else this.#upsert(identity, raw);
    if (this.#listing === undefined) this.advance(identity.version);
    return true;
  }

  /** Moves the resume point forward; an older version leaves it where it is. */
  advance(version: string): void {
    if (compareResourceVersions(version, this.#version) > 0) this.#version = version;
  }

  /**
   * Takes the answer of an own write. An object that the view does not hold is new only when its version lies beyond
   * the resume point: up to there the view knows everything, so the object has been deleted meanwhile.
   */
  observe(raw: JsonObject): void {
    const identity = identify(raw);
    if (identity === undefined) return;
    if (this.#listing !== undefined) this.#observedMeanwhile.push(raw);
    if (this.#version === '') return;
    const isKnown = this.#entries.has(identity.key);
    if (!isKnown && compareResourceVersions(identity.version, this.#version) <= 0) this.#observer.onStale('older');
    else this.#upsert(identity, raw);
  }

  /** From now on remembers which keys change, for the self-check. */
  trackTouched(): ReadonlySet<string> {
    this.#touched = new Set();
    return this.#touched;
  }

  stopTracking(): void {
    this.#touched = undefined;
  }

  #takeIntoList(listing: Map<string, Kept<T>>, type: string, identity: Identity, raw: JsonObject): void {
    const known = this.#versionOf(listing.get(identity.key));
    if (known !== undefined && compareResourceVersions(identity.version, known) <= 0) return;
    if (type === 'DELETED') {
      listing.delete(identity.key);
      return;
    }
    const before = this.#entries.get(identity.key);
    const isUnchanged = before !== undefined && this.#versionOf(before) === identity.version;
    const kept = isUnchanged ? before : this.#project(identity, raw);
    listing.set(this.#keyOf(identity, kept), kept);
  }

  #upsert(identity: Identity, raw: JsonObject): void {
    const { key, version } = identity;
    const known = this.#entries.get(key);
    const order = compareResourceVersions(version, this.#versionOf(known) ?? this.#tombstones.versionOf(key) ?? '');
    if (order <= 0) {
      this.#observer.onStale(order === 0 ? 'same' : 'older');
      return;
    }
    this.#touched?.add(key);
    const kept = this.#project(identity, raw);
    this.#entries.set(this.#keyOf(identity, kept), kept);
    const [record, before] = [recordOf(kept), recordOf(known)];
    if (record !== undefined) this.#observer.onChange({ kind: 'upsert', record });
    else if (before !== undefined) this.#observer.onChange({ kind: 'delete', record: before });
  }

  #remove(identity: Identity, raw: JsonObject): void {
    const { key, version } = identity;
    const known = this.#entries.get(key);
    if (known !== undefined && compareResourceVersions(version, this.#versionOf(known) ?? '') < 0) {
      this.#observer.onStale('older');
      return;
    }
    this.#touched?.add(key);
    this.#tombstones.add(key, version);
    if (known === undefined) return;
    this.#entries.delete(key);
    const before = recordOf(known);
    if (before === undefined) return;
    this.#observer.onChange({ kind: 'delete', record: recordOf(this.#project(identity, raw)) ?? before });
  }

  /** An exception of the projection is a malformed object too: one odd object must not end the leader. */
  #project({ key, version }: Identity, raw: JsonObject): Kept<T> {
    let problem = 'the projection found nothing to keep';
    try {
      const record = this.#projection.project(raw);
      if (record !== undefined) return this.#projection.versionOf === undefined ? new Entry(version, record) : record;
    } catch (error) {
      problem = String(error);
    }
    this.#observer.onMalformed(key, problem);
    return new Entry<T>(version, undefined);
  }

  /** The record's own key string where there is one: keeping a second copy of it would cost 50 bytes an object. */
  #keyOf(identity: Identity, kept: Kept<T>): string {
    const record = recordOf(kept);
    return record === undefined ? identity.key : this.#projection.keyOf(record);
  }

  #versionOf(kept: Kept<T> | undefined): string | undefined {
    if (kept instanceof Entry) return kept.version;
    return kept === undefined ? undefined : this.#projection.versionOf?.(kept);
  }
}

function recordOf<T>(kept: Kept<T> | undefined): T | undefined {
  return kept instanceof Entry ? kept.record : kept;
}

/** Key and version of a raw object; undefined when one is missing. */
export function identify(raw: JsonObject): Identity | undefined {
  const metadata = member(raw, 'metadata');
  const name = stringAt(metadata, ['name']);
  const version = stringAt(metadata, ['resourceVersion']);
  if (name === '' || version === '') return undefined;
  const namespace = stringAt(metadata, ['namespace']);
  return { key: namespace === '' ? name : `${namespace}/${name}`, version };
}
