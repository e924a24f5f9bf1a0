import type { ResourceType } from '../src/api/resources.ts';
import type { JsonObject } from '../src/lib/json.ts';

/** May the user of the request do this? Asked as a SubjectAccessReview. */
export interface AuthoriseQuestion {
  readonly kind: 'authorise';
  /** Names the question within its row. */
  readonly key: string;
  readonly verb: string;
  readonly type: ResourceType;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** Is there a place reserved for a member of a group? */
export interface PlaceQuestion {
  readonly kind: 'place';
  readonly key: string;
  /** `namespace/name`. */
  readonly group: string;
  readonly task: string;
}

/** What does this object look like? */
export interface FetchQuestion {
  readonly kind: 'fetch';
  readonly key: string;
  readonly type: ResourceType;
  readonly namespace: string;
  readonly name: string;
  /** How old the answer may be; absent: as the API server has it now. The key tells what is the same question. */
  readonly maxAgeMs?: number;
}

/** Would nodes take such pods, were they empty? Only the engine that leads knows. */
export interface FitQuestion {
  readonly kind: 'fit';
  readonly key: string;
  readonly namespace: string;
  /** A pod, or the template of pods: its labels and spec count. */
  readonly template: JsonObject;
  /** Pods that start together. */
  readonly count: number;
}

/** What a row wants to know that the view cannot tell. */
export type Question = AuthoriseQuestion | PlaceQuestion | FetchQuestion | FitQuestion;

/** What nodes would say to pods, were they empty; `places` is how many of those that were asked about they could hold. */
export interface Fit {
  readonly nodes: number;
  readonly open: number;
  readonly places: number;
  readonly why: string;
  /** What has to happen before devices are there; empty where nothing is known of that. */
  readonly wait: string;
  /** Devices that claims of one pod's own come to, by class. */
  readonly claimed: Readonly<Record<string, number>>;
}

/** `unknown`: nobody could tell in time; no node: later. These are always legal answers. */
export type Answer =
  | { readonly kind: 'authorise'; readonly verdict: 'allowed' | 'denied' | 'unknown' }
  | { readonly kind: 'place'; readonly node: string | undefined }
  | { readonly kind: 'fetch'; readonly object: JsonObject | 'absent' | 'unknown' }
  | { readonly kind: 'fit'; readonly fit: Fit | 'unknown' };

/** By the questions' keys; empty for rows that ask nothing. */
export type Answers = ReadonlyMap<string, Answer>;

export const NO_ANSWERS: Answers = new Map();
