import type { ResourceType } from '../api/resources.ts';
import type { JsonObject } from '../lib/json.ts';
import type { PodQuestion } from './pod-question.ts';

/** The object that people look at: events are told about it, and so are writes that the API server refused. */
export interface ObjectRef {
  readonly type: ResourceType;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/**
 * What must still hold when a write arrives; else the API server answers 409 and nothing is changed. For patches it is
 * the version that guards, since no namesake ever has it: a wrong UID alone is a 422 for a pod, and is overlooked in
 * the status of a custom resource.
 */
export interface Precondition {
  readonly uid: string;
  /** Empty only for a delete of whatever version. */
  readonly resourceVersion: string;
}

interface ObjectWrite {
  readonly type: ResourceType;
  readonly namespace: string;
  readonly name: string;
  /** Who is told when the API server refuses the write for good. */
  readonly regarding: ObjectRef;
  /** In which words; those of the API server alone as `WriteRefused` where it is absent. */
  readonly refusal?: Refusal;
}

/** What is told of a write that was refused. */
export interface Refusal {
  /** Reason code from src/api/reasons.ts. */
  readonly reason: string;
  /** What the words of the API server follow. */
  readonly start: string;
}

/** Makes an object whose name is fixed, so that a repeated create meets its own result and does no harm. */
export interface CreateEffect extends ObjectWrite {
  readonly kind: 'create';
  /** The whole object. */
  readonly body: JsonObject;
}

/** Changes an object or its status by a merge patch; the precondition is added by the applier. */
export interface PatchEffect extends ObjectWrite {
  readonly kind: 'patch' | 'patchStatus';
  readonly precondition: Precondition;
  readonly body: JsonObject;
}

/**
 * Says how the fields that Sluice cares for have to be, by a server-side apply as field manager `sluice`; what others set
 * elsewhere stays, and what Sluice no longer says goes.
 */
export interface ApplyEffect extends ObjectWrite {
  readonly kind: 'apply';
  /** Undefined for an object that is made when it is missing. */
  readonly precondition: Precondition | undefined;
  readonly body: JsonObject;
}

/** Deletes the object with this UID and no namesake. */
export interface DeleteEffect extends ObjectWrite {
  readonly kind: 'delete';
  readonly precondition: Precondition;
  /** What becomes of the objects that it owns: deleted after it, deleted before it, or left behind. */
  readonly propagation: 'Background' | 'Foreground' | 'Orphan';
}

export type WriteEffect = CreateEffect | PatchEffect | ApplyEffect | DeleteEffect;

/**
 * Writes that do not depend on each other and are under way side by side: one first, then each time as many as went well
 * before, so that what is refused is not refused a thousand times.
 */
export interface TogetherEffect {
  readonly kind: 'together';
  readonly writes: readonly WriteEffect[];
}

/** Where in the data of a Secret the two halves of a key pair go. */
export interface KeyPairPlaces {
  readonly privateAt: string;
  readonly publicAt: readonly string[];
}

/**
 * Sees to it that `regarding` has an object that nobody watches, and that nobody else's is taken for it. What the owner has
 * already is left as it is but for `update`; what no object owns is used as it is, with the whole content where there is
 * an update; and what belongs to another object stays, which is told.
 */
export interface KeepOwnedEffect extends ObjectWrite {
  readonly kind: 'keepOwned';
  /** The object but for its owner and what is generated. */
  readonly body: JsonObject;
  /** Members of the body that are brought up to date where the object exists. */
  readonly update: readonly string[];
  /** A pair of RSA keys that nobody knows before the object is made. */
  readonly keyPair: KeyPairPlaces | undefined;
}

/** Deletes the object if `regarding` owns it. */
export interface DropOwnedEffect extends ObjectWrite {
  readonly kind: 'dropOwned';
}

export type OwnedEffect = KeepOwnedEffect | DropOwnedEffect;

/** Tells people something about an object; also counted as a metric by its reason. */
export interface EventEffect {
  readonly kind: 'event';
  readonly regarding: ObjectRef;
  readonly type: 'Normal' | 'Warning';
  /** Reason code from src/api/reasons.ts. */
  readonly reason: string;
  /** What Sluice did or tried, as an event's `action`. */
  readonly action: string;
  readonly note: string;
}

/** Asks pods; what they say is in the look from then on, and the key should come back for it. */
export interface AskPodsEffect {
  readonly kind: 'askPods';
  readonly questions: readonly PodQuestion[];
}

/** Look again after this time even if nothing changes; the only effect that a converged reconcile may return. */
export interface RequeueEffect {
  readonly kind: 'requeueAfter';
  readonly requeueAfterMs: number;
}

/** What a reconcile wants done, in order: when one write fails, those after it are left for the next run. */
export type Effect = WriteEffect | TogetherEffect | OwnedEffect | EventEffect | AskPodsEffect | RequeueEffect;

/** Identity of an event for "tell it once": the same reason with other words is news. */
export function eventFingerprint(event: Pick<EventEffect, 'reason' | 'note'>): string {
  return `${event.reason} ${event.note}`;
}

/** The event, or nothing when it was told before. */
export function eventOnce(event: Omit<EventEffect, 'kind'>, reported: ReadonlySet<string>): readonly EventEffect[] {
  return reported.has(eventFingerprint(event)) ? [] : [{ kind: 'event', ...event }];
}

/** Look again after the delay. */
export function requeueAfter(requeueAfterMs: number): RequeueEffect {
  return { kind: 'requeueAfter', requeueAfterMs };
}
