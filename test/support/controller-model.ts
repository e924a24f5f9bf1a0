import { amountsText, parseAmounts } from '../../src/api/amounts.ts';
import { GROUP_NAME_ANNOTATION, TASK_SPEC_KEY } from '../../src/api/keys.ts';
import { readRunningEstimate } from '../../src/api/running-estimate.ts';
import type { JobRecord } from '../../src/api/records/job-record.ts';
import type { NamespaceRecord } from '../../src/api/records/namespace-record.ts';
import type { OwnerRecord } from '../../src/api/records/owner-record.ts';
import { NO_POLICIES } from '../../src/api/records/sub-group-policy.ts';
import type { PodGroupRecord } from '../../src/api/records/pod-group-record.ts';
import type { PodRecord } from '../../src/api/records/pod-record.ts';
import type { QueueRecord } from '../../src/api/records/queue-record.ts';
import type { RootRecord } from '../../src/api/records/root-record.ts';
import { readNetworkRule } from '../../src/api/projections/network-rule.ts';
import { handedDown } from '../../src/api/projections/workload.ts';
import type { EventRecorder } from '../../src/engine/events/event-recorder-port.ts';
import type { ClusterWriter, WriteOutcome, WriteRequest } from '../../src/engine/ports.ts';
import { arrayAt, isJsonObject, memberAt, numberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';

interface RecordKinds {
  readonly jobs: JobRecord;
  readonly pods: PodRecord;
  readonly podgroups: PodGroupRecord;
  readonly queues: QueueRecord;
  readonly namespaces: NamespaceRecord;
  readonly roots: RootRecord;
}

/** Kinds by their plural name. */
export type ModelKind = keyof RecordKinds;
export type ModelRecord = RecordKinds[ModelKind];

export interface ModelEvent {
  readonly uid: string;
  readonly type: string;
  readonly reason: string;
  readonly note: string;
}

/**
 * Enough of an API server for the controllers: versions, preconditions, creates that meet a namesake, merge patches. It
 * keeps records, since those are what the controllers see.
 */
export class ControllerModel implements ClusterWriter, EventRecorder {
  readonly stores: { readonly [K in ModelKind]: Map<string, RecordKinds[K]> } = {
    jobs: new Map(),
    pods: new Map(),
    podgroups: new Map(),
    queues: new Map(),
    namespaces: new Map(),
    roots: new Map(),
  };
  readonly events: ModelEvent[] = [];
  /** Every write that changed something, as `verb plural key`. */
  readonly history: string[] = [];
  readonly #onChange: (kind: ModelKind, key: string, before: ModelRecord | undefined) => void;
  #version = 100;

  constructor(onChange: (kind: ModelKind, key: string, before: ModelRecord | undefined) => void = () => undefined) {
    this.#onChange = onChange;
  }

  /** Puts a record as it is, as people and other controllers do, with a new version. */
  put<K extends ModelKind>(kind: K, key: string, record: RecordKinds[K]): void {
    const before = this.stores[kind].get(key);
    this.#version += 1;
    const next = 'resourceVersion' in record ? { ...record, resourceVersion: String(this.#version) } : record;
    (this.stores[kind] as Map<string, ModelRecord>).set(key, next);
    this.#onChange(kind, key, before);
  }

  remove(kind: ModelKind, key: string): void {
    const before = this.stores[kind].get(key);
    if (before === undefined) return;
    this.stores[kind].delete(key);
    this.#onChange(kind, key, before);
  }

  record(...[regarding, type, reason, , note]: Parameters<EventRecorder['record']>): void {
    this.events.push({ uid: regarding.uid, type, reason, note });
  }

  write(request: WriteRequest): Promise<WriteOutcome> {
    return Promise.resolve(this.commit(request));
  }

  /** The write as one step, so that a test can put time between it and its answer. */
  commit(request: WriteRequest): WriteOutcome {
    const kind = request.type.plural as ModelKind;
    const key = request.namespace === '' ? request.name : `${request.namespace}/${request.name}`;
    const found = this.stores[kind].get(key);
    if (request.verb === 'create') {
      if (found !== undefined) return { kind: 'conflict', message: `${kind} "${key}" already exists` };
      this.#create(kind, key, request.body ?? {});
    } else {
      if (found === undefined) return { kind: 'notFound', message: `${kind} "${key}" not found` };
      const wanted = objectAt(request.body, request.verb === 'delete' ? 'preconditions' : 'metadata');
      if (!holds(found, wanted)) return { kind: 'conflict', message: 'precondition failed' };
      if (request.verb === 'delete') this.remove(kind, key);
      else this.#patch(kind, key, found, request.body ?? {});
    }
    this.history.push(`${request.verb} ${kind} ${key}`);
    return { kind: 'done', object: undefined };
  }

  #create(kind: ModelKind, key: string, body: JsonObject): void {
    const uid = `made-${this.#version + 1}`;
    if (kind === 'podgroups') this.put(kind, key, groupOf(body, uid));
    else if (kind === 'queues') this.put(kind, key, queueOf(body, uid));
    else throw new Error(`The model makes no ${kind}`);
  }

  #patch(kind: ModelKind, key: string, found: ModelRecord, body: JsonObject): void {
    if (kind === 'podgroups')
      this.put(kind, key, patchAnnotations(patchGroup(found as PodGroupRecord, objectAt(body, 'spec')), body));
    else if (kind === 'pods')
      this.put(kind, key, patchPod(found as PodRecord, objectAt(body, 'metadata', 'annotations')));
    else if (kind === 'queues') this.put(kind, key, patchQueue(found as QueueRecord, objectAt(body, 'status')));
    else throw new Error(`The model patches no ${kind}`);
  }
}

function holds(found: ModelRecord, wanted: JsonObject): boolean {
  const uid = stringAt(wanted, ['uid']);
  const version = stringAt(wanted, ['resourceVersion']);
  if (uid === '') throw new Error('A write came without a UID precondition');
  if (!('uid' in found) || found.uid !== uid) return false;
  return version === '' || found.resourceVersion === version;
}

function groupOf(body: JsonObject, uid: string): PodGroupRecord {
  const namespace = stringAt(body, ['metadata', 'namespace']);
  const name = stringAt(body, ['metadata', 'name']);
  const owner = arrayAt(body, 'metadata', 'ownerReferences').find((raw) => memberAt(raw, 'controller') === true);
  const bare = {
    key: `${namespace}/${name}`,
    namespace,
    name,
    uid,
    resourceVersion: '',
    createdMs: 0,
    deleting: false,
    minMember: 0,
    minTaskMember: new Map(),
    subGroups: NO_POLICIES,
    network: undefined,
    queue: '',
    priorityClassName: '',
    minResources: undefined,
    phase: '',
    conditions: [],
    running: 0,
    succeeded: 0,
    failed: 0,
    preemptable: true,
    waitingMs: undefined,
    runMs: 0,
    hints: new Map<string, string>(),
    handedDown: new Map<string, string>(),
    bindPlan: '',
    rootState: 'Active',
    origin: stringAt(body, ['metadata', 'annotations', 'sluice.dev/origin']),
    submitter: stringAt(body, ['metadata', 'annotations', 'sluice.dev/submitter']),
    submitterSignature: stringAt(body, ['metadata', 'annotations', 'sluice.dev/submitter-signature']),
    owner: owner === undefined ? undefined : ownerOf(owner),
  } as const;
  return patchAnnotations(patchGroup(bare, objectAt(body, 'spec')), body);
}

function patchAnnotations(before: PodGroupRecord, body: JsonObject): PodGroupRecord {
  const isKept = memberAt(body, 'metadata', 'annotations', 'volcano.sh/preemptable') === 'false';
  const group = { ...before, preemptable: before.preemptable && !isKept };
  const state = memberAt(body, 'metadata', 'annotations', 'sluice.dev/root-state');
  const estimate = memberAt(body, 'metadata', 'annotations', 'sluice.dev/running-estimate');
  const runMs =
    estimate === undefined ? group.runMs : readRunningEstimate(typeof estimate === 'string' ? estimate : '');
  const taken = new Map([...group.handedDown, ...handedDown(objectAt(body, 'metadata', 'annotations'))]);
  if (state === undefined) return { ...group, runMs, handedDown: taken };
  return {
    ...group,
    runMs,
    handedDown: taken,
    rootState: state === 'Suspended' || state === 'Ended' ? state : 'Active',
  };
}

function ownerOf(raw: unknown): OwnerRecord {
  const [apiVersion, kind, name, uid] = ['apiVersion', 'kind', 'name', 'uid'].map((key) => stringAt(raw, [key]));
  return { apiVersion: apiVersion ?? '', kind: kind ?? '', name: name ?? '', uid: uid ?? '' };
}

function patchGroup(group: PodGroupRecord, spec: JsonObject): PodGroupRecord {
  const tasks = new Map(group.minTaskMember);
  for (const [name, count] of Object.entries(objectAt(spec, 'minTaskMember'))) {
    if (count === null) tasks.delete(name);
    else tasks.set(name, Number(count));
  }
  return {
    ...group,
    minMember: numberAt(spec, ['minMember'], group.minMember),
    minTaskMember: tasks,
    queue: stringAt(spec, ['queue'], group.queue),
    priorityClassName:
      memberAt(spec, 'priorityClassName') === null
        ? ''
        : stringAt(spec, ['priorityClassName'], group.priorityClassName),
    minResources: patchAmounts(group.minResources, objectAt(spec, 'minResources')),
    network: readNetworkRule(spec) ?? group.network,
  };
}

function patchAmounts(
  found: ReadonlyMap<string, number> | undefined,
  patch: JsonObject,
): ReadonlyMap<string, number> | undefined {
  const gone = Object.keys(patch).filter((name) => patch[name] === null);
  const kept = [...(found ?? [])].filter(([name]) => !gone.includes(name));
  const set = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== null));
  const merged = new Map([...kept, ...parseAmounts(set, 'up').amounts]);
  return merged.size === 0 ? undefined : merged;
}

function patchPod(pod: PodRecord, annotations: JsonObject): PodRecord {
  return {
    ...pod,
    group: stringAt(annotations, [GROUP_NAME_ANNOTATION], pod.group),
    task: stringAt(annotations, [TASK_SPEC_KEY], pod.task),
  };
}

function queueOf(body: JsonObject, uid: string): QueueRecord {
  const spec = objectAt(body, 'spec');
  return {
    name: stringAt(body, ['metadata', 'name']),
    uid,
    resourceVersion: '',
    weight: numberAt(spec, ['weight'], 0),
    priority: 0,
    reclaimable: memberAt(spec, 'reclaimable') === true,
    isStrict: false,
    parent: stringAt(spec, ['parent']),
    capability: undefined,
    guarantee: undefined,
    deserved: undefined,
    affinity: undefined,
    hierarchy: undefined,
    state: 'Open',
    closedByParent: false,
    deleting: false,
    allocatedText: '',
    conditions: [],
    usage: undefined,
  };
}

function patchQueue(queue: QueueRecord, status: JsonObject): QueueRecord {
  const allocated = memberAt(status, 'allocated');
  return isJsonObject(allocated)
    ? { ...queue, allocatedText: amountsText(parseAmounts(allocated, 'up').amounts) }
    : queue;
}
