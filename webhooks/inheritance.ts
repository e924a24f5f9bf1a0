import { parseGroupPlan, parseNewerPlan } from '../src/api/group-plan.ts';
import type { GroupPlan } from '../src/api/group-plan.ts';
import type { OwnerRecord } from '../src/api/records/owner-record.ts';
import { isSignedPlan, isSignedTemplate, readSubmitter } from '../src/api/submitter-claim.ts';
import type { SignedSubmitter, StoredObject, Submitter } from '../src/api/submitter-claim.ts';
import type { RootRecord } from '../src/api/records/root-record.ts';
import { GROUP_PLAN_ANNOTATION } from '../src/api/keys.ts';
import { PODS } from '../src/api/resources.ts';
import type { ResourceType } from '../src/api/resources.ts';
import type { WorkloadKindSpec } from '../src/api/kinds/workload-kind.ts';
import { objectAt, stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { ClusterView } from './admission.ts';
import { isPlanned, planOfRoot } from './frameworks/plan-root.ts';
import { readRoot } from './frameworks/read-root.ts';
import { plannedName } from './group-name.ts';
import { namedGroup } from './named-group.ts';
import { planOf } from './own-plan.ts';
import type { Answers, FetchQuestion, Question } from './question.ts';
import { defaultQueue, namedQueue } from './queue-choice.ts';

/**
 * What an object hands down to all that it controls. Each level was reviewed itself, so that nobody looks further up than one:
 * what came from above stands on it.
 */
export type Inheritance =
  | {
      readonly kind: 'plan';
      /** Names its owner. */
      readonly plan: GroupPlan;
      /** The kind that the plan was made for; undefined for a kind that is known no more. */
      readonly spec: WorkloadKindSpec | undefined;
      /** Its root carries the plan, so that whatever joins need not. */
      readonly isCarried: boolean;
    }
  /** A group that was found on a pod, or in a plan that says no more to us. */
  | { readonly kind: 'group'; readonly group: string; readonly queue: string }
  /** What is made has groups of its own: in the queue of the object, where that names one, and of whoever made it, as far as it tells. */
  | { readonly kind: 'queue'; readonly queue: string | undefined; readonly submitter: Submitter | undefined };

/** The owners' names and kinds change never, and their groups and queues hardly: so long an answer may be old. */
export const OWNER_MAX_AGE_MS = 3000;

/** What has to be looked up of a controller; nothing where the view knows, or where nothing is handed down. O(1). */
export function askOwner(owner: OwnerRecord | undefined, namespace: string, view: ClusterView): readonly Question[] {
  if (owner === undefined) return [];
  const spec = view.workloadKind(owner.apiVersion, owner.kind);
  if (spec === undefined || fromView(owner, spec, namespace, view) !== undefined) return [];
  return [ownerQuestion(owner, typeOf(owner, spec), namespace)];
}

/** The same for an owner that is a pod, as a leader is of its workers. */
export function askOwningPod(owner: OwnerRecord | undefined, namespace: string): readonly Question[] {
  return owner !== undefined && isPod(owner) ? [ownerQuestion(owner, PODS, namespace)] : [];
}

/** What the controller hands down; undefined when it is of no kind that hands anything down, or is not to be found. */
export function inheritanceOf(
  owner: OwnerRecord | undefined,
  namespace: string,
  view: ClusterView,
  answers: Answers,
): Inheritance | undefined {
  if (owner === undefined) return undefined;
  const spec = view.workloadKind(owner.apiVersion, owner.kind);
  if (spec === undefined && !isPod(owner)) return undefined;
  const known = spec && fromView(owner, spec, namespace, view);
  if (known !== undefined) return known;
  const object = fetchedOwner(owner, answers);
  if (object === undefined) return undefined;
  return spec === undefined
    ? fromPod(owner, object, namespace, view)
    : fromObject(owner, spec, object, namespace, view);
}

/** The owner as it was found; owner references are the client's to write, and a namesake is somebody else. */
export function fetchedOwner(owner: OwnerRecord, answers: Answers): JsonObject | undefined {
  const answer = answers.get(keyOf(owner));
  if (answer?.kind !== 'fetch' || typeof answer.object === 'string') return undefined;
  return stringAt(answer.object, ['metadata', 'uid']) === owner.uid ? answer.object : undefined;
}

function isPod({ apiVersion, kind }: OwnerRecord): boolean {
  return apiVersion === 'v1' && kind === 'Pod';
}

function typeOf({ apiVersion }: OwnerRecord, { group, kind, resource }: WorkloadKindSpec): ResourceType {
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  return { group, version, plural: resource, kind, namespaced: true };
}

function keyOf({ uid }: OwnerRecord): string {
  return `owner/${uid}`;
}

/** Asks for an object as its owner reference names it. */
export function ownerQuestion(owner: OwnerRecord, type: ResourceType, namespace: string): FetchQuestion {
  return { kind: 'fetch', key: keyOf(owner), type, namespace, name: owner.name, maxAgeMs: OWNER_MAX_AGE_MS };
}

/** Undefined where the view does not tell, or where it knows of no plan although there should be one. */
function fromView(
  owner: OwnerRecord,
  spec: WorkloadKindSpec,
  namespace: string,
  view: ClusterView,
): Inheritance | undefined {
  const record = view.root(owner.uid);
  if (record === undefined || record.namespace !== namespace || record.name !== owner.name) return undefined;
  if (record.kind !== owner.kind) return undefined;
  const plan = planOfRecord(record);
  if (plan !== undefined) return planned(plan, { ...record, ...owner }, true, view);
  const newer = parseNewerPlan(record.groupPlan);
  if (newer !== undefined) return { kind: 'group', ...newer };
  const isQueueAll = spec.grouping === 'Pod' || spec.grouping === 'Children';
  return isQueueAll ? handedDown(record.queue, record, record.submitter, view) : undefined;
}

/** Records never change, and each pod of a gang looks at one and the same. */
const KNOWN_PLANS = new WeakMap<RootRecord, { readonly plan: GroupPlan | undefined }>();

/** The plan that the object carries; undefined when it has none. */
export function planOfRecord(record: RootRecord): GroupPlan | undefined {
  let known = KNOWN_PLANS.get(record);
  if (known === undefined) KNOWN_PLANS.set(record, (known = { plan: parseGroupPlan(record.groupPlan) }));
  return known.plan;
}

/** An object that was made before anybody reviewed it has no plan: it is read now, and each of its pods comes to the same. */
export function fromObject(
  owner: OwnerRecord,
  spec: WorkloadKindSpec,
  object: JsonObject,
  namespace: string,
  view: ClusterView,
): Inheritance | undefined {
  const annotations = objectAt(object, 'metadata', 'annotations');
  const plan = planOf(annotations);
  const carrier = { ...owner, ...storedObject(owner, namespace, object) };
  if (plan !== undefined) return planned(plan, carrier, true, view);
  const newer = parseNewerPlan(stringAt(annotations, [GROUP_PLAN_ANNOTATION]));
  if (newer !== undefined) return { kind: 'group', ...newer };
  const facts = readRoot(spec, object);
  const named = namedQueue(objectAt(object, 'metadata', 'labels'), annotations, '') ?? facts.queue;
  if (!isPlanned(spec, facts)) return handedDown(named?.name ?? '', carrier, readSubmitter(annotations), view);
  const queue = (named ?? defaultQueue(namespace, view)).name;
  const frame = { group: plannedName(owner.name, owner.uid), root: owner.name, queue, owner };
  return planned(planOfRoot(spec, facts, frame), carrier, false, view);
}

function fromPod(owner: OwnerRecord, pod: JsonObject, namespace: string, view: ClusterView): Inheritance | undefined {
  const annotations = objectAt(pod, 'metadata', 'annotations');
  const plan = planOf(annotations);
  const group = namedGroup(annotations);
  if (group === '') return undefined;
  if (plan !== undefined && typeof plan.owner === 'object')
    return planned(plan, { ...owner, ...storedObject(owner, namespace, pod) }, true, view);
  const queue = namedQueue(objectAt(pod, 'metadata', 'labels'), annotations, '');
  return queue && { kind: 'group', group, queue: queue.name };
}

/** What an object hands down that is no gang; nothing where it says nothing. */
function handedDown(
  queue: string,
  object: StoredObject,
  told: SignedSubmitter,
  { submitterKeys }: ClusterView,
): Inheritance | undefined {
  const { submitter: name } = told;
  if (queue === '' && name === undefined) return undefined;
  const submitter =
    name === undefined ? undefined : { name, isVerified: isSignedTemplate(submitterKeys, object, '', told) };
  return { kind: 'queue', queue: queue === '' ? undefined : queue, submitter };
}

/** An object that carries a plan, as it is stored. */
type Carrier = StoredObject & OwnerRecord;

/**
 * What an object with this plan hands down: the plan, with the object that its group goes away with. Its submitter is signed only
 * where Sluice signed him for this very object.
 */
export function planned(plan: GroupPlan, carrier: Carrier, isCarried: boolean, view: ClusterView): Inheritance {
  const { apiVersion, kind, name, uid } = typeof plan.owner === 'object' ? plan.owner : carrier;
  const root = { apiVersion, kind, name, uid };
  const spec = view.workloadKind(root.apiVersion, root.kind);
  const isSigned = isSignedPlan(view.submitterKeys, carrier, plan.group, plan);
  return { kind: 'plan', plan: { ...(isSigned ? plan : unsigned(plan)), owner: root }, spec, isCarried };
}

/** The plan without what nobody has verified. */
export function unsigned(plan: GroupPlan): GroupPlan {
  return { ...plan, signature: undefined };
}

/** An object that was read, as claims name it. */
export function storedObject(
  { apiVersion, kind, name }: Pick<OwnerRecord, 'apiVersion' | 'kind' | 'name'>,
  namespace: string,
  object: JsonObject,
): StoredObject {
  const metadata = objectAt(object, 'metadata');
  // By the API server's clock; not a number where it tells none.
  const createdMs = Date.parse(stringAt(metadata, ['creationTimestamp']));
  return { apiVersion, kind, namespace, name, uid: stringAt(metadata, ['uid']), createdMs };
}
