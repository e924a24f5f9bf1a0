import type { RootRecord } from '../../api/records/root-record.ts';
import type { ResourceType } from '../../api/resources.ts';
import { watchedRoots } from '../../api/watched-kinds.ts';
import { Mirror } from '../mirror.ts';
import type { Change } from '../ports.ts';
import { kindId } from './served-kinds.ts';

/** Told of each object that came, changed or went; one side is undefined then. A namesake that takes a place went and came. */
export type RootListener = (type: ResourceType, before: RootRecord | undefined, after: RootRecord | undefined) => void;

/** The objects of all workload kinds that are followed, whatever kinds those are by now. O(1) a change and a look-up. */
export class RootIndex {
  readonly #kinds = new Map<string, Mirror<RootRecord>>();
  readonly #byUid = new Map<string, RootRecord>();
  readonly #listener: RootListener;

  constructor(listener: RootListener = () => undefined) {
    this.#listener = listener;
  }

  /** Takes the changes of one kind; an empty list is how a kind goes that is followed no more. */
  apply(type: ResourceType, changes: readonly Change<RootRecord>[]): void {
    const id = kindId(type);
    const mirror = this.#kinds.get(id) ?? new Mirror(watchedRoots(type).keyOf);
    this.#kinds.set(id, mirror);
    mirror.apply(changes, (after, before) => this.#step(type, before, after));
  }

  /** The object of this UID, of whatever kind. */
  get(uid: string): RootRecord | undefined {
    return this.#byUid.get(uid);
  }

  named(type: ResourceType, namespace: string, name: string): RootRecord | undefined {
    return this.#kinds.get(kindId(type))?.get(`${namespace}/${name}`);
  }

  values(): Iterable<RootRecord> {
    return this.#byUid.values();
  }

  #step(type: ResourceType, before: RootRecord | undefined, after: RootRecord | undefined): void {
    if (before !== undefined && after !== undefined && before.uid !== after.uid) {
      this.#step(type, before, undefined);
      this.#step(type, undefined, after);
      return;
    }
    if (before !== undefined) this.#byUid.delete(before.uid);
    if (after !== undefined) this.#byUid.set(after.uid, after);
    this.#listener(type, before, after);
  }
}
