import { NO_SUBMITTER_KEYS } from '../../../src/api/submitter-claim.ts';
import { COMMANDS, POD_GROUPS, PODS, VCJOBS, VOLUME_CLAIMS, apiVersion } from '../../../src/api/resources.ts';
import type { ResourceType } from '../../../src/api/resources.ts';
import { WATCHED_COMMANDS, WATCHED_POD_GROUPS, WATCHED_VCJOBS, watchedPods } from '../../../src/api/watched-kinds.ts';
import type { VcjobRecord } from '../../../src/api/records/vcjob-record.ts';
import type { Effect, OwnedEffect, TogetherEffect, WriteEffect } from '../../../src/controllers/effect.ts';
import { eventFingerprint } from '../../../src/controllers/effect.ts';
import { groupName } from '../../../src/controllers/vcjob/group-body.ts';
import { reconcileVcjob } from '../../../src/controllers/vcjob/reconcile.ts';
import { arrayAt, isJsonObject, memberAt, objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import { withoutAmbient } from '../../support/pure.ts';

const NS = 'ns';
const JOB = 'job';
const MINUTE_MS = 60_000;

/** One write, as it was carried out. */
export interface DoneWrite {
  readonly verb: (WriteEffect | OwnedEffect)['kind'];
  readonly kind: string;
  readonly name: string;
}

/**
 * One job on a small API server that keeps objects as they travel: creates, merge patches, deletes with preconditions. The
 * other programs of a cluster are the methods that tests call.
 */
export class JobModel {
  nowMs = Date.UTC(2030, 0, 31, 12);
  readonly events: { readonly reason: string; readonly note: string }[] = [];
  readonly done: DoneWrite[] = [];
  /** Why the API server takes no pods; empty while it does. */
  podsRefused = '';
  /** The same for claims, and for objects of plugins. */
  claimsRefused = '';
  objectsRefused = '';
  /** Phases that a watcher sees, with how many pods were then on their way out. */
  readonly phases: { readonly phase: string; readonly terminating: number }[] = [];
  readonly #objects = new Map<string, JsonObject>();
  readonly #pods = watchedPods();
  #version = 1;

  constructor(spec: JsonObject, metadata: JsonObject = {}) {
    this.#put(VCJOBS, {
      apiVersion: apiVersion(VCJOBS),
      kind: 'Job',
      metadata: { name: JOB, namespace: NS, uid: 'j-1', generation: 1, creationTimestamp: this.#stamp(), ...metadata },
      spec,
    });
  }

  get job(): VcjobRecord {
    const record = WATCHED_VCJOBS.project(this.#get(VCJOBS, JOB) ?? {});
    if (record === undefined) throw new Error('The job is gone');
    return record;
  }

  get isGone(): boolean {
    return this.#get(VCJOBS, JOB) === undefined;
  }

  get phase(): string {
    return this.job.status.state?.phase ?? '';
  }

  /** Names of the pods that are there, sorted; `UID` behind each tells the lives of one name apart. */
  pods(): readonly string[] {
    return this.#all(PODS)
      .map((pod) => stringAt(pod, ['metadata', 'name']))
      .toSorted();
  }

  uidOf(pod: string): string {
    return stringAt(this.#get(PODS, pod), ['metadata', 'uid']);
  }

  isFinished(pod: string): boolean {
    return ['Succeeded', 'Failed'].includes(this.#phaseOf(pod));
  }

  pod(name: string): JsonObject | undefined {
    return this.#get(PODS, name);
  }

  group(): JsonObject | undefined {
    return this.#get(POD_GROUPS, groupName(this.job));
  }

  claims(): readonly JsonObject[] {
    return this.#all(VOLUME_CLAIMS);
  }

  /** One look at the job, all of whose effects are carried out but for those after `writes` of them. */
  reconcile(writes = Infinity): readonly Effect[] {
    const effects = this.look();
    let left = writes;
    for (const effect of effects) {
      if (effect.kind === 'event') this.events.push({ reason: effect.reason, note: effect.note });
      if (!isWrite(effect)) continue;
      for (const write of effect.kind === 'together' ? effect.writes : [effect]) {
        if (left <= 0 || this.#refuses(write)) return effects;
        left -= 1;
        this.#write(write);
      }
    }
    return effects;
  }

  /** The API server takes no pod, no claim or no object of a plugin; it says why, as the applier passes it on. */
  #refuses(write: WriteEffect | OwnedEffect): boolean {
    if (write.kind === 'keepOwned' && this.objectsRefused !== '') {
      const note = `Execute plugin when job add failed, err: ${this.objectsRefused}`;
      this.events.push({ reason: 'PluginError', note });
      return true;
    }
    if (write.kind !== 'create') return false;
    const why = write.type === PODS ? this.podsRefused : write.type === VOLUME_CLAIMS ? this.claimsRefused : '';
    if (why === '') return false;
    const { reason, start } = write.refusal ?? { reason: 'WriteRefused', start: '' };
    this.events.push({ reason, note: `${start}${why}` });
    return true;
  }

  /** What would be done now. */
  look(): readonly Effect[] {
    if (this.isGone) return [];
    const { job } = this;
    const pods = this.#all(PODS).flatMap((raw) => this.#pods.project(raw) ?? []);
    const group = this.group();
    const told = new Set(this.events.map(eventFingerprint));
    const observed = {
      nowMs: this.nowMs,
      job,
      pods: pods.filter(({ jobPod }) => jobPod?.jobUid === job.uid),
      group: group === undefined ? undefined : WATCHED_POD_GROUPS.project(group),
      commands: this.#all(COMMANDS).flatMap((raw) => WATCHED_COMMANDS.project(raw) ?? []),
      priorityOf: () => 0,
      podNamed: (name: string) => pods.find((pod) => pod.name === name),
      hasClaim: (name: string) => this.#get(VOLUME_CLAIMS, name) !== undefined,
      reported: told,
      submitterKeys: NO_SUBMITTER_KEYS,
    };
    return withoutAmbient(() => reconcileVcjob(observed));
  }

  /** Looks until nothing is left to do. */
  converge(): void {
    for (let round = 0; round < 50; round += 1) if (!this.reconcile().some(isWrite)) return;
    throw new Error(`No end: ${JSON.stringify(this.done.slice(-10))}`);
  }

  /** What a scheduler does: the group is let in, and its pods run. */
  run(): void {
    this.converge();
    this.setGroup('Inqueue');
    this.converge();
    this.setGroup('Running');
    for (const pod of this.pods()) if (this.#phaseOf(pod) === 'Pending') this.setPod(pod, 'Running');
    this.converge();
  }

  setGroup(phase: string): void {
    const group = this.group();
    if (group !== undefined) this.#put(POD_GROUPS, { ...group, status: { ...objectAt(group, 'status'), phase } });
  }

  /** A kubelet says where the pod stands. */
  setPod(name: string, phase: string, { exitCode = phase === 'Failed' ? 1 : 0, restarts = 0 } = {}): void {
    const pod = this.#get(PODS, name);
    if (pod === undefined) throw new Error(`There is no pod ${name}`);
    const isOver = phase === 'Failed' || phase === 'Succeeded';
    const state = isOver ? { terminated: { exitCode, finishedAt: this.#stamp() } } : { running: {} };
    const status = {
      phase,
      containerStatuses: [{ name: 'c', ready: phase === 'Running', restartCount: restarts, state }],
    };
    this.#put(PODS, { ...pod, status });
  }

  /** Somebody deletes the pod; it is gone at once, or once `end` is called. */
  evict(name: string, isSlow = false): void {
    const pod = this.#get(PODS, name);
    if (pod === undefined) return;
    if (isSlow)
      this.#put(PODS, { ...pod, metadata: { ...objectAt(pod, 'metadata'), deletionTimestamp: this.#stamp() } });
    else this.#objects.delete(keyOf(PODS, name));
  }

  /** Kubelets are done with what is on its way out. */
  end(): void {
    for (const type of [PODS, POD_GROUPS]) {
      for (const object of this.#all(type)) {
        if (memberAt(object, 'metadata', 'deletionTimestamp') !== undefined)
          this.#objects.delete(keyOf(type, stringAt(object, ['metadata', 'name'])));
      }
    }
  }

  command(action: string, name = `c-${this.#version}`): void {
    const target = { apiVersion: apiVersion(VCJOBS), kind: 'Job', name: JOB, uid: 'j-1' };
    this.#put(COMMANDS, { metadata: { name, namespace: NS, uid: name }, action, target });
  }

  /** Somebody makes a claim, or a pod, of this name; a pod of another job where one is named. */
  make(type: ResourceType, name: string, job?: { readonly name: string; readonly uid: string }): void {
    const owner = { apiVersion: apiVersion(VCJOBS), kind: VCJOBS.kind, controller: true, ...job };
    const ownerReferences = job === undefined ? [] : [owner];
    this.#put(type, { metadata: { name, namespace: NS, uid: `somebody-${name}`, ownerReferences } });
  }

  /** People change the spec. */
  edit(change: (spec: JsonObject) => JsonObject): void {
    const raw = this.#get(VCJOBS, JOB) ?? {};
    this.#put(VCJOBS, this.#edited({ ...raw, spec: change(objectAt(raw, 'spec')) }));
  }

  passes(ms: number): void {
    this.nowMs += ms;
  }

  /** Counts a minute, which is longer than what any rule of the API takes for the same time. */
  later(): this {
    this.passes(MINUTE_MS);
    return this;
  }

  #phaseOf(pod: string): string {
    return stringAt(this.#get(PODS, pod), ['status', 'phase'], 'Pending');
  }

  #write(write: WriteEffect | OwnedEffect): void {
    const { type, name, kind } = write;
    const found = this.#get(type, name);
    this.done.push({ verb: kind, kind: type.plural, name });
    if (write.kind === 'keepOwned' || write.kind === 'dropOwned') return;
    if (write.kind === 'create') {
      if (found !== undefined) throw new Error(`${type.plural} ${name} exists already`);
      const metadata = {
        ...objectAt(write.body, 'metadata'),
        uid: `u-${this.#version}`,
        creationTimestamp: this.#stamp(),
      };
      this.#put(type, { ...write.body, metadata });
      return;
    }
    if (found === undefined) throw new Error(`${type.plural} ${name} is not there`);
    if (write.kind === 'apply') throw new Error('The model applies nothing');
    const { uid, resourceVersion } = write.precondition;
    const metadata = objectAt(found, 'metadata');
    const isMeant =
      metadata['uid'] === uid && (resourceVersion === '' || metadata['resourceVersion'] === resourceVersion);
    if (!isMeant) throw new Error(`${type.plural} ${name}: the precondition does not hold`);
    if (write.kind === 'delete') this.#delete(type, name, found);
    else this.#patch(type, found, write.body);
  }

  /** Pods take a while to go. */
  #delete(type: ResourceType, name: string, found: JsonObject): void {
    if (type !== PODS) this.#objects.delete(keyOf(type, name));
    else if (stringAt(found, ['metadata', 'deletionTimestamp']) === '') this.evict(name, true);
  }

  #patch(type: ResourceType, found: JsonObject, patch: JsonObject): void {
    const merged = merge(found, patch) as JsonObject;
    if (type !== VCJOBS) {
      this.#put(type, merged);
      return;
    }
    this.#put(type, Object.hasOwn(patch, 'spec') ? this.#edited(merged) : merged);
    const { state, terminating = 0 } = this.job.status;
    const phase = state?.phase ?? '';
    if (this.phases.at(-1)?.phase !== phase) this.phases.push({ phase, terminating });
  }

  /** As the API server stores a job whose spec changed. */
  #edited(raw: JsonObject): JsonObject {
    const managedFields = [{ time: this.#stamp() }];
    return {
      ...raw,
      metadata: { ...objectAt(raw, 'metadata'), generation: this.job.generation + 1, managedFields },
    };
  }

  #put(type: ResourceType, object: JsonObject): void {
    this.#version += 1;
    const metadata = { ...objectAt(object, 'metadata'), resourceVersion: String(this.#version) };
    this.#objects.set(keyOf(type, stringAt(object, ['metadata', 'name'])), { ...object, metadata });
  }

  #get(type: ResourceType, name: string): JsonObject | undefined {
    return this.#objects.get(keyOf(type, name));
  }

  #all(type: ResourceType): readonly JsonObject[] {
    return [...this.#objects].filter(([key]) => key.startsWith(`${type.plural}/`)).map(([, object]) => object);
  }

  #stamp(): string {
    return new Date(this.nowMs).toISOString();
  }
}

/** A task whose pods ask for one CPU. */
export function task(name: string, replicas: number, more: JsonObject = {}): JsonObject {
  const containers = [{ name: 'c', image: 'busybox', resources: { requests: { cpu: '1' } } }];
  return { name, replicas, template: { spec: { restartPolicy: 'Never', containers } }, ...more };
}

export function isWrite(effect: Effect): effect is WriteEffect | TogetherEffect | OwnedEffect {
  return effect.kind !== 'event' && effect.kind !== 'requeueAfter';
}

/** The exit of a policy as it travels. */
export function policy(event: string, action: string, more: JsonObject = {}): JsonObject {
  return { event, action, ...more };
}

/** All annotations of a pod. */
export function annotationsOf(pod: JsonObject | undefined): JsonObject {
  return objectAt(pod, 'metadata', 'annotations');
}

/** What a pod's first container mounts. */
export function mountsOf(pod: JsonObject | undefined): readonly JsonValue[] {
  return arrayAt(arrayAt(pod, 'spec', 'containers')[0], 'volumeMounts');
}

function keyOf(type: ResourceType, name: string): string {
  return `${type.plural}/${name}`;
}

function merge(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch)) return patch;
  const result: Record<string, JsonValue> = { ...(isJsonObject(target) ? target : {}) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merge(result[key], value);
  }
  return result;
}
