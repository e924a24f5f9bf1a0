import { arrayAt, isJsonObject, member, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { PREEMPTABLE_KEY, REVOCABLE_ZONE_KEY } from '../keys.ts';
import type { LabelPairs } from '../records/label-selector.ts';
import type { OwnerRecord } from '../records/owner-record.ts';

/** The parts of an object's metadata that projections ask for. */
export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** 0 when the object was never stored. */
  readonly createdMs: number;
  readonly deleting: boolean;
  readonly labels: JsonObject;
  readonly annotations: JsonObject;
  /** The controlling owner, else the first one. */
  readonly owner: OwnerRecord | undefined;
  readonly isOwnerController: boolean;
}

/** Reads the metadata of any JSON; what is missing or of the wrong type takes its empty value. */
export function readMetadata(raw: unknown): Metadata {
  const metadata = objectAt(raw, 'metadata');
  const owners = arrayAt(metadata, 'ownerReferences').filter(isJsonObject);
  const controller = owners.find((owner) => member(owner, 'controller') === true);
  const owner = controller ?? owners[0];
  return {
    name: text(metadata, 'name'),
    namespace: text(metadata, 'namespace'),
    uid: text(metadata, 'uid'),
    resourceVersion: text(metadata, 'resourceVersion'),
    createdMs: timeMs(text(metadata, 'creationTimestamp')),
    deleting: text(metadata, 'deletionTimestamp') !== '',
    labels: objectAt(metadata, 'labels'),
    annotations: objectAt(metadata, 'annotations'),
    owner: owner === undefined ? undefined : readOwner(owner),
    isOwnerController: controller !== undefined,
  };
}

/** The own member when it is a text, else an empty one. */
export function text(object: JsonObject, key: string): string {
  const value = member(object, key);
  return typeof value === 'string' ? value : '';
}

/** Volcano's key; an annotation wins over a label, and what says neither yes nor no says nothing. */
export function isPreemptable(annotations: JsonObject, labels: JsonObject): boolean {
  return !FALSE.has(text(annotations, PREEMPTABLE_KEY) || text(labels, PREEMPTABLE_KEY));
}

/** Whether the value of such a key says anything. */
export function isYesOrNo(value: string): boolean {
  return TRUE.has(value) || FALSE.has(value);
}

/** Whether a text is a priority among the pods of a group; anything else is ignored. */
export function isTaskPriority(value: string): boolean {
  return /^-?\d{1,9}$/.test(value);
}

const FALSE: ReadonlySet<string> = new Set(['false', 'False', 'FALSE', 'f', 'F', '0']);

/**
 * Whether a pod may use nodes that are taken back at times. Who says outright that it may be evicted means that, too, unless
 * the key of the zone says otherwise.
 */
export function isRevocable(annotations: JsonObject, labels: JsonObject): boolean {
  const zone = member(annotations, REVOCABLE_ZONE_KEY) ?? member(labels, REVOCABLE_ZONE_KEY);
  if (zone !== undefined) return zone === '*';
  return TRUE.has(text(annotations, PREEMPTABLE_KEY) || text(labels, PREEMPTABLE_KEY));
}

const TRUE: ReadonlySet<string> = new Set(['true', 'True', 'TRUE', 't', 'T', '1']);

/** The own member when it is a whole number, else the fallback. */
export function whole(object: JsonObject, key: string, fallback: number): number {
  const value = member(object, key);
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : fallback;
}

/** The members that are texts, by name. */
export function textMap(raw: unknown): ReadonlyMap<string, string> {
  if (!isJsonObject(raw)) return new Map();
  return new Map(Object.entries(raw).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** The members that are texts, sorted by name. */
export function labelPairs(raw: JsonObject): LabelPairs {
  return [...textMap(raw)].toSorted(([a], [b]) => (a < b ? -1 : 1)).flat();
}

/** The members of a list that are objects. */
export function objects(raw: unknown, ...path: readonly string[]): readonly JsonObject[] {
  return arrayAt(raw, ...path).filter(isJsonObject);
}

/** One owner reference; what is missing is empty. */
export function readOwner(raw: JsonObject): OwnerRecord {
  return {
    apiVersion: text(raw, 'apiVersion'),
    kind: text(raw, 'kind'),
    name: text(raw, 'name'),
    uid: text(raw, 'uid'),
  };
}

/** 0 for what is no time. */
export function timeMs(stamp: string): number {
  const ms = stamp === '' ? 0 : Date.parse(stamp);
  return Number.isNaN(ms) ? 0 : ms;
}

/** The newest time that the API server noted for a writer of anything but the status, else that of the creation. */
export function editedMs(metadata: JsonObject): number {
  const edits = arrayAt(metadata, 'managedFields').filter((entry) => member(entry, 'subresource') !== 'status');
  const times = edits.map((entry) => timeMs(typeof entry === 'object' ? text(entry as JsonObject, 'time') : ''));
  return Math.max(timeMs(text(metadata, 'creationTimestamp')), ...times);
}
