import type { AccessRule } from '../api/access.ts';
import type { SubmitterKeys } from '../api/submitter-claim.ts';
import type { ControllerSettings } from '../api/controller-settings.ts';
import type { WatchedKind } from '../api/watched-kinds.ts';
import type { Effect } from './effect.ts';
import type { PodAnswer } from './pod-question.ts';

/** Records of a kind by something that they say; one that says nothing is in no place of it. */
export interface KindIndex<T> {
  readonly kind: WatchedKind<T>;
  valueOf(this: void, record: T): string | undefined;
}

/** The newest records of the kinds that controllers watch. O(1) a look-up. */
export interface KindView {
  get<T>(kind: WatchedKind<T>, key: string): T | undefined;
  values<T>(kind: WatchedKind<T>): Iterable<T>;
  /** The records that say this; kept up to date from the first time that somebody asks on. O(1) and what it finds. */
  by<T>(index: KindIndex<T>, value: string): Iterable<T>;
}

/** What a controller sees at the moment that it decides. */
export interface Look {
  readonly view: KindView;
  readonly nowMs: number;
  /** The namespace that Sluice runs in. */
  readonly ownNamespace: string;
  readonly settings: ControllerSettings;
  /** What submitters are signed and known again with. */
  readonly submitterKeys: SubmitterKeys;
  /** Fingerprints of the events that the object of this UID was told already. */
  readonly told: (uid: string) => ReadonlySet<string>;
  /** What a pod said to the question of this id when it was asked last; undefined when it was not. */
  readonly answerTo: (questionId: string) => PodAnswer | undefined;
}

/** A kind whose changes may matter, and the keys that a change of one of its objects wakes. */
export interface Watch<T> {
  readonly kind: WatchedKind<T>;
  /** One side is undefined when the object came or went. */
  toKeys(this: void, before: T | undefined, after: T | undefined, view: KindView): Iterable<string>;
}

/**
 * A row of the table of controllers. Reflectors, the first lists that are waited for, and the rights to list and watch
 * follow from `watches`; the engine gives each row a work queue of its own.
 */
export interface Controller {
  /** Shown in logs and metrics. */
  readonly name: string;
  /** Keys whose writes may be under way at once. */
  readonly workers: number;
  readonly watches: readonly Watch<unknown>[];
  /** The keys that new settings wake; most controllers follow none. */
  readonly settingKeys?: readonly string[];
  /** What its effects need beside the rights to watch; events need none. */
  readonly access: readonly AccessRule[];
  /** Pure: what is to be done about a key, nothing when all is as it should be. */
  readonly reconcile: (key: string, look: Look) => readonly Effect[];
}
