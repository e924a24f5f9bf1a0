import { REFUSED_BY_BUDGET } from '../../src/engine/ports.ts';
import type { ClusterWriter, WriteOutcome, WriteRequest } from '../../src/engine/ports.ts';
import { arrayAt, isJsonObject, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';

/** How a write goes wrong: `lost` before it was done, `answerLost` after; the others are answers without any effect. */
export type ApiFault = 'none' | 'lost' | 'answerLost' | 'conflict' | 'throttled' | 'notLeader' | 'refused' | 'budget';

/** What happened to an object, as a watch tells it. */
export interface ApiChange {
  readonly kind: 'upsert' | 'delete';
  readonly plural: string;
  readonly object: JsonObject;
}

/**
 * Enough of an API server for the scheduler, kept as raw objects: growing resourceVersions, UID and version preconditions,
 * creates that meet a namesake, bindings that meet a pod at most once, merge patches, deletion of bound pods in two steps.
 */
export class FakeApi implements ClusterWriter {
  /** Every request that reached the server, oldest first. */
  readonly requests: WriteRequest[] = [];
  /** Asked once for each write. */
  faults: (request: WriteRequest) => ApiFault = () => 'none';
  /** Told before a binding takes effect. */
  onBinding: (pod: JsonObject, node: string) => void = () => undefined;
  readonly #objects = new Map<string, JsonObject>();
  readonly #watchers = new Set<(change: ApiChange) => void>();
  #version = 1000;

  get(plural: string, key: string): JsonObject | undefined {
    return this.#objects.get(`${plural} ${key}`);
  }

  list(plural: string): readonly JsonObject[] {
    return [...this.#objects].filter(([key]) => key.startsWith(`${plural} `)).map(([, object]) => object);
  }

  /** Stores the object as it is, as people and other controllers do, with a new version. */
  put(plural: string, object: JsonObject): JsonObject {
    this.#version += 1;
    const metadata = { ...objectAt(object, 'metadata'), resourceVersion: String(this.#version) };
    const stored = { ...object, metadata };
    this.#objects.set(`${plural} ${keyOf(stored)}`, stored);
    this.#tell({ kind: 'upsert', plural, object: stored });
    return stored;
  }

  /** Merges into an object that is there, without any precondition. */
  patch(plural: string, key: string, body: JsonObject): void {
    const found = this.get(plural, key);
    if (found !== undefined) this.put(plural, merged(found, body));
  }

  remove(plural: string, key: string): void {
    const object = this.get(plural, key);
    if (object === undefined) return;
    this.#objects.delete(`${plural} ${key}`);
    this.#tell({ kind: 'delete', plural, object });
  }

  /** Hands over every later change; the returned function ends that. */
  watch(watcher: (change: ApiChange) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  write(request: WriteRequest): Promise<WriteOutcome> {
    return Promise.resolve(this.commit(request, this.faults(request)));
  }

  /** The write as one step, so that a test can put time before it and before its answer. */
  commit(request: WriteRequest, fault: ApiFault = 'none'): WriteOutcome {
    this.requests.push(request);
    if (fault === 'lost') return { kind: 'unknown', message: 'connection reset' };
    if (fault === 'throttled') return { kind: 'throttled', retryAfterMs: 1000, message: 'slow down' };
    if (fault === 'notLeader') return { kind: 'notLeader' };
    if (fault === 'conflict') return { kind: 'conflict', message: 'the object has been modified' };
    if (fault === 'refused') return { kind: 'refused', code: 422, message: 'not valid' };
    if (fault === 'budget') return { kind: 'refused', code: REFUSED_BY_BUDGET, message: 'Budget b allows nothing.' };
    const outcome = this.#apply(request);
    return fault === 'answerLost' ? { kind: 'unknown', message: 'time-out' } : outcome;
  }

  #apply(request: WriteRequest): WriteOutcome {
    const { plural } = request.type;
    const key = request.namespace === '' ? request.name : `${request.namespace}/${request.name}`;
    const found = this.get(plural, key);
    if (request.verb === 'create' && request.subresource === '') return this.#create(request, found);
    if (found === undefined) return { kind: 'notFound', message: `${plural} "${key}" not found` };
    if (request.verb === 'get') return { kind: 'done', object: found };
    const body = request.body ?? {};
    const moved = brokenPrecondition(found, preconditionsOf(request, body));
    if (moved !== '') return { kind: 'conflict', message: moved };
    if (request.subresource === 'binding') return this.#bind(found, body);
    if (request.verb === 'delete' || request.subresource === 'eviction') return this.#delete(plural, key, found);
    if (request.verb === 'strategicPatch') return { kind: 'done', object: this.put(plural, strategic(found, body)) };
    if (request.verb !== 'mergePatch') throw new Error(`The fake does not ${request.verb} ${plural}`);
    return { kind: 'done', object: this.put(plural, merged(found, body)) };
  }

  #create({ type, namespace, name, body }: WriteRequest, found: JsonObject | undefined): WriteOutcome {
    if (found !== undefined) return { kind: 'conflict', message: `${type.plural} "${name}" already exists` };
    const metadata = { ...objectAt(body, 'metadata'), namespace, name, uid: `made-${this.#version + 1}` };
    return { kind: 'done', object: this.put(type.plural, { ...body, metadata }) };
  }

  #bind(pod: JsonObject, body: JsonObject): WriteOutcome {
    const assigned = stringAt(pod, ['spec', 'nodeName']);
    if (assigned !== '') return { kind: 'conflict', message: `pod is already assigned to node "${assigned}"` };
    if (isDeleting(pod)) return { kind: 'conflict', message: 'pod is being deleted, cannot be assigned to a host' };
    const node = stringAt(body, ['target', 'name']);
    this.onBinding(pod, node);
    const annotations = objectAt(body, 'metadata', 'annotations');
    this.put('pods', merged(pod, { metadata: { annotations }, spec: { nodeName: node } }));
    return { kind: 'done', object: { kind: 'Status' } };
  }

  #delete(plural: string, key: string, found: JsonObject): WriteOutcome {
    const isRunning = plural === 'pods' && stringAt(found, ['spec', 'nodeName']) !== '';
    if (!isRunning) this.remove(plural, key);
    else if (!isDeleting(found)) this.patch(plural, key, { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } });
    return { kind: 'done', object: found };
  }

  #tell(change: ApiChange): void {
    for (const watcher of this.#watchers) watcher(change);
  }
}

/** `namespace/name`, or the name alone. */
export function keyOf(object: JsonObject): string {
  const namespace = stringAt(object, ['metadata', 'namespace']);
  const name = stringAt(object, ['metadata', 'name']);
  return namespace === '' ? name : `${namespace}/${name}`;
}

/** The object has a deletionTimestamp. */
export function isDeleting(object: JsonObject): boolean {
  return stringAt(object, ['metadata', 'deletionTimestamp']) !== '';
}

function preconditionsOf({ verb, subresource }: WriteRequest, body: JsonObject): JsonObject {
  if (subresource === 'eviction') return objectAt(body, 'deleteOptions', 'preconditions');
  return objectAt(body, verb === 'delete' ? 'preconditions' : 'metadata');
}

function brokenPrecondition(found: JsonObject, wanted: JsonObject): string {
  const uid = stringAt(wanted, ['uid']);
  if (uid === '') throw new Error('A write came without a UID precondition');
  if (uid !== stringAt(found, ['metadata', 'uid'])) return 'Precondition failed: UID';
  const version = stringAt(wanted, ['resourceVersion']);
  const isCurrent = version === '' || version === stringAt(found, ['metadata', 'resourceVersion']);
  return isCurrent ? '' : 'the object has been modified';
}

/** RFC 7386. */
function merged(found: JsonValue | undefined, patch: JsonObject): JsonObject {
  const out: Record<string, JsonValue> = isJsonObject(found) ? { ...found } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete out[key];
    else out[key] = isJsonObject(value) ? merged(out[key], value) : value;
  }
  return out;
}

/** A merge in which conditions of another type, other consumers of a claim and other finalizers stay. */
function strategic(found: JsonObject, patch: JsonObject): JsonObject {
  const lists: readonly (readonly [path: readonly [string, string], key: string])[] = [
    [['status', 'conditions'], 'type'],
    [['status', 'reservedFor'], 'uid'],
  ];
  let out = merged(found, patch);
  for (const [[part, list], key] of lists) {
    if (!Object.hasOwn(objectAt(patch, part), list)) continue;
    const given = arrayAt(patch, part, list);
    const keys = new Set(given.map((entry) => stringAt(entry, [key])));
    const kept = arrayAt(found, part, list).filter((known) => !keys.has(stringAt(known, [key])));
    const added = given.filter((entry) => stringAt(entry, ['$patch']) !== 'delete');
    out = merged(out, { [part]: { [list]: [...kept, ...added] } });
  }
  const finalizers = arrayAt(patch, 'metadata', 'finalizers');
  if (finalizers.length === 0) return out;
  const all = [...new Set([...arrayAt(found, 'metadata', 'finalizers'), ...finalizers])];
  return merged(out, { metadata: { finalizers: all } });
}
