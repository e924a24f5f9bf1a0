import type { JobPodRecord } from './job-pod-record.ts';
import type { LabelPairs } from './label-selector.ts';
import type { PodRecord } from './pod-record.ts';

/** What the pods of one owner mostly have in common: one object for all of them. */
export type PodCommons = Omit<PodRecord, 'key' | 'jobPod' | keyof PodOwn>;

/** What differs from pod to pod. */
export type PodOwn = Pick<PodRecord, 'name' | 'uid' | 'resourceVersion' | 'createdMs' | 'nodeName' | 'labels'>;

/** A pod's record in half the memory: only what is its own stands in it. There is one for each pod of the cluster. */
export class StoredPod implements PodRecord {
  readonly name: string;
  readonly uid: string;
  readonly nodeName: string;
  /** As a number where that says the same. */
  readonly version: string | number;
  /** A small whole number, as a rule, and that takes no memory of its own. */
  readonly createdSeconds: number;
  readonly labels: LabelPairs;
  readonly commons: PodCommons;

  constructor({ name, uid, resourceVersion, createdMs, nodeName, labels }: PodOwn, commons: PodCommons) {
    this.name = name;
    this.uid = uid;
    this.nodeName = nodeName;
    this.version = asNumber(resourceVersion);
    this.createdSeconds = createdMs / 1000;
    this.labels = labels;
    this.commons = commons;
  }

  get jobPod(): PodRecord['jobPod'] {
    return undefined;
  }

  get key(): string {
    return `${this.commons.namespace}/${this.name}`;
  }

  get resourceVersion(): string {
    return String(this.version);
  }

  get createdMs(): number {
    return Math.round(this.createdSeconds * 1000);
  }

  get namespace(): string {
    return this.commons.namespace;
  }

  get schedulerName(): string {
    return this.commons.schedulerName;
  }

  get phase(): PodRecord['phase'] {
    return this.commons.phase;
  }

  get deleting(): boolean {
    return this.commons.deleting;
  }

  get group(): string {
    return this.commons.group;
  }

  get task(): string {
    return this.commons.task;
  }

  get queue(): string {
    return this.commons.queue;
  }

  get priority(): number {
    return this.commons.priority;
  }

  get priorityClassName(): string {
    return this.commons.priorityClassName;
  }

  get isPatient(): boolean {
    return this.commons.isPatient;
  }

  get preemptable(): boolean {
    return this.commons.preemptable;
  }

  get cooldownEndMs(): number {
    return this.commons.cooldownEndMs;
  }

  get runMs(): number {
    return this.commons.runMs;
  }

  get startedMs(): number {
    return this.commons.startedMs;
  }

  get gated(): boolean {
    return this.commons.gated;
  }

  get isQueueGated(): boolean {
    return this.commons.isQueueGated;
  }

  get bindPlanId(): string {
    return this.commons.bindPlanId;
  }

  get unschedulableMessage(): string {
    return this.commons.unschedulableMessage;
  }

  get groupPlan(): string {
    return this.commons.groupPlan;
  }

  get nominatedNode(): string {
    return this.commons.nominatedNode;
  }

  get claims(): PodRecord['claims'] {
    return this.commons.claims;
  }

  get deviceClaims(): PodRecord['deviceClaims'] {
    return this.commons.deviceClaims;
  }

  get extendedAsks(): PodRecord['extendedAsks'] {
    return this.commons.extendedAsks;
  }

  get cards(): PodRecord['cards'] {
    return this.commons.cards;
  }

  get numa(): PodRecord['numa'] {
    return this.commons.numa;
  }

  get owner(): PodRecord['owner'] {
    return this.commons.owner;
  }

  get shape(): PodRecord['shape'] {
    return this.commons.shape;
  }

  get handedDown(): PodRecord['handedDown'] {
    return this.commons.handedDown;
  }

  get strategy(): string {
    return this.commons.strategy;
  }

  get datasets(): string {
    return this.commons.datasets;
  }

  get images(): PodRecord['images'] {
    return this.commons.images;
  }
}

/** Of a pod that a Job of batch.volcano.sh controls: others have no room for what is kept of it. */
class StoredJobPod extends StoredPod {
  readonly #jobPod: JobPodRecord;

  constructor(own: PodOwn, commons: PodCommons, jobPod: JobPodRecord) {
    super(own, commons);
    this.#jobPod = jobPod;
  }

  override get jobPod(): JobPodRecord {
    return this.#jobPod;
  }
}

export function storedPod(own: PodOwn & Pick<PodRecord, 'jobPod'>, commons: PodCommons): StoredPod {
  return own.jobPod === undefined ? new StoredPod(own, commons) : new StoredJobPod(own, commons, own.jobPod);
}

/** The same pod with other values. A spread would lose what is shared: own fields of a stored pod are not all it says. */
export function podWith(pod: PodRecord, changes: Partial<PodRecord>): PodRecord {
  const { key, name, uid, resourceVersion, createdMs, nodeName, labels, jobPod } = pod;
  const own = { key, name, uid, resourceVersion, createdMs, nodeName, labels, jobPod };
  const changed = { ...commonsOf(pod), ...own, ...changes };
  return storedPod(changed, commonsOf(changed));
}

/** Whether the pods of the two may share one. */
export function areSameCommons(a: PodCommons, b: PodCommons): boolean {
  return COMMON_FIELDS.every((field) => a[field] === b[field]);
}

/** What it may share with others, whoever made the record. */
export function commonsOf(pod: PodRecord): PodCommons {
  if (pod instanceof StoredPod) return pod.commons;
  return Object.fromEntries(COMMON_FIELDS.map((field) => [field, pod[field]])) as unknown as PodCommons;
}

/** A record, so that a field that is new in pods does not compile before it stands here. */
const COMMON: Readonly<Record<keyof PodCommons, true>> = {
  namespace: true,
  schedulerName: true,
  phase: true,
  deleting: true,
  group: true,
  task: true,
  queue: true,
  priority: true,
  priorityClassName: true,
  isPatient: true,
  preemptable: true,
  cooldownEndMs: true,
  runMs: true,
  startedMs: true,
  gated: true,
  isQueueGated: true,
  bindPlanId: true,
  unschedulableMessage: true,
  handedDown: true,
  groupPlan: true,
  nominatedNode: true,
  claims: true,
  deviceClaims: true,
  extendedAsks: true,
  cards: true,
  numa: true,
  owner: true,
  shape: true,
  datasets: true,
  strategy: true,
  images: true,
};

const COMMON_FIELDS = Object.keys(COMMON) as readonly (keyof PodCommons)[];

function asNumber(text: string): string | number {
  const number = Number(text);
  return Number.isSafeInteger(number) && String(number) === text ? number : text;
}
