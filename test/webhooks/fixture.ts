import { expect } from 'chai';
import fastJsonPatch from 'fast-json-patch';
import { applyPatch as applyRfc6902 } from 'rfc6902';
import { parseGroupPlan } from '../../src/api/group-plan.ts';
import type { GroupPlan } from '../../src/api/group-plan.ts';
import type { ResourceGroup } from '../../src/api/resource-group.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';
import type { RootRecord } from '../../src/api/records/root-record.ts';
import type { DatasetRecord } from '../../src/api/records/dataset-record.ts';
import { DATASETS } from '../../src/api/resources.ts';
import type { WorkloadKindSpec } from '../../src/api/kinds/workload-kind.ts';
import { NO_SUBMITTER_KEYS } from '../../src/api/submitter-claim.ts';
import type { SubmitterKeys } from '../../src/api/submitter-claim.ts';
import { applyPatch } from '../../src/lib/json-patch-apply.ts';
import type { ResourceType } from '../../src/api/resources.ts';
import { isJsonObject, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { NO_RIGHTS } from '../../webhooks/rights/mode.ts';
import type { RightModes } from '../../webhooks/rights/mode.ts';
import type { DeviceInventory } from '../../webhooks/accelerators/inventory.ts';
import { versionsOf } from '../../webhooks/frameworks/versioned-kind.ts';
import { BUILT_IN_KINDS, kindFinder } from '../../webhooks/frameworks/workload-kinds.ts';
import type {
  AdmissionRequest,
  AdmitFn,
  ClusterRoom,
  ClusterView,
  GroupView,
  KindView,
  NeverFits,
  QueueView,
} from '../../webhooks/admission.ts';
import type { Verdict } from '../../webhooks/verdict.ts';
import { NO_POLICIES } from '../../webhooks/policies/policy-set.ts';
import type { PolicySet } from '../../webhooks/policies/policy-set.ts';
import type { ViewKind } from '../../webhooks/view-kind.ts';

/** A request with the usual values; `over` replaces some. */
export function request(over: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    uid: '11111111-1111-4111-8111-111111111111',
    group: '',
    version: 'v1',
    resource: 'pods',
    subresource: '',
    operation: 'CREATE',
    namespace: 'team-a',
    name: '',
    username: 'alice',
    userGroups: [],
    userUid: '',
    userExtra: {},
    object: undefined,
    oldObject: undefined,
    dryRun: false,
    ...over,
  };
}

/** The user that Sluice works as. */
export const OWN_USER = 'system:serviceaccount:sluice-system:sluice';

interface ViewParts {
  readonly room?: ClusterRoom;
  readonly free?: ResourceAmounts;
  readonly held?: Readonly<Record<string, ResourceAmounts>>;
  /** Groups that wait, by queue. */
  readonly waiting?: Readonly<Record<string, number>>;
  readonly neverFits?: NeverFits;
  readonly keepsBusyQueues?: boolean;
  readonly groupsAsVolcano?: boolean;
  readonly optedIn?: boolean;
  readonly devices?: DeviceInventory;
  readonly datasets?: readonly DatasetRecord[];
  readonly unknownPriorityClasses?: readonly string[];
  readonly synced?: boolean;
  readonly rights?: Partial<RightModes>;
  readonly submitterKeys?: SubmitterKeys;
  readonly queues?: Readonly<Record<string, Partial<QueueView>>>;
  readonly defaults?: Readonly<Record<string, string>>;
  readonly groups?: readonly GroupParts[];
  readonly policies?: PolicySet;
  readonly resourceGroups?: readonly ResourceGroup[];
  /** Records of further kinds. */
  readonly records?: ReadonlyMap<ResourceType, readonly unknown[]>;
  readonly roots?: readonly RootRecord[];
  readonly kinds?: readonly WorkloadKindSpec[];
  /** Kinds that the cluster serves, as far as pods name their objects. */
  readonly served?: readonly WorkloadKindSpec[];
}

/** A group that somebody made by hand, without roles, unless told otherwise. */
type GroupParts = Omit<GroupView, 'tasks' | 'origin' | 'submitter'> & Partial<GroupView>;

/** A cluster with the queues root, default, blue and shut (closed), unless told otherwise. */
export function view(parts: ViewParts = {}): ClusterView {
  const queues = new Map(
    Object.entries(parts.queues ?? { root: { hasChildren: true }, default: {}, blue: {}, shut: { state: 'Closed' } }),
  );
  const groups = (parts.groups ?? []).map((group) => ({
    tasks: new Map<string, number>(),
    origin: '',
    submitter: '',
    ...group,
  }));
  return {
    synced: parts.synced ?? true,
    rights: { ...NO_RIGHTS, ...parts.rights },
    submitterKeys: parts.submitterKeys ?? NO_SUBMITTER_KEYS,
    queue: (name) => {
      const found = queues.get(name);
      return (
        found && {
          state: 'Open',
          parent: '',
          hasChildren: false,
          deleting: false,
          capability: undefined,
          ...found,
        }
      );
    },
    queueNames: () => [...queues.keys()].toSorted(),
    defaultQueue: (namespace) => parts.defaults?.[namespace] ?? '',
    group: (namespace, name) => groups.find((group) => group.namespace === namespace && group.name === name),
    groupsIn: (queue) =>
      groups.filter((group) => group.queue === queue).map(({ namespace, name }) => `${namespace}/${name}`),
    resourceGroups: () => parts.resourceGroups ?? [],
    isOwn: (username) => username === OWN_USER,
    groupOfOwner: (uid) => groups.find((group) => group.ownerUid === uid),
    workloadKind: kindFinder(parts.kinds ?? BUILT_IN_KINDS),
    namedKinds: () => (parts.served ?? []).filter(({ pods }) => pods?.named !== undefined).flatMap(versionsOf),
    root: (uid) => parts.roots?.find((root) => root.uid === uid),
    rootNamed: (type, namespace, name) =>
      parts.roots?.find((root) => root.kind === type.kind && root.key === `${namespace}/${name}`),
    optedIn: () => parts.optedIn ?? true,
    priorityClass: (name) => (parts.unknownPriorityClasses?.includes(name) === true ? undefined : { value: 0 }),
    room: () => parts.room,
    policies: () => parts.policies ?? NO_POLICIES,
    of: (kind) =>
      kindView(kind, parts.records?.get(kind.type) ?? (kind.type === DATASETS ? (parts.datasets ?? []) : [])),
    free: () => parts.free,
    devices: () => parts.devices,
    heldBy: (queue) => parts.held?.[queue] ?? new Map(),
    waitingIn: (queue) => parts.waiting?.[queue] ?? 0,
    neverFits: parts.neverFits ?? 'warn',
    keepsBusyQueues: parts.keepsBusyQueues ?? true,
    groupsAsVolcano: parts.groupsAsVolcano ?? false,
  };
}

function kindView<T>(kind: ViewKind<T>, records: readonly unknown[]): KindView<T> {
  const known = records as readonly T[];
  const by = (index: string, key: string): readonly T[] =>
    known.filter((record) => key !== '' && kind.indices[index]?.(record) === key);
  return {
    get: (key) => known.find((one) => kind.keyOf(one) === key),
    values: () => known,
    by,
    count: (index, key) => by(index, key).length,
  };
}

/** The object after the verdict's patch, by three independent appliers that have to agree. */
export function patched(object: JsonObject, verdict: Verdict): JsonObject {
  if (verdict.kind !== 'allow') throw new Error(`not allowed: ${JSON.stringify(verdict)}`);
  const own = applyPatch(object, verdict.patch);
  const fast = unshared(object);
  const operations = structuredClone(verdict.patch);
  const byFast = fastJsonPatch.applyPatch(fast, [...operations] as fastJsonPatch.Operation[], true).newDocument;
  const byRfc = unshared(object);
  const failures = applyRfc6902(byRfc, structuredClone([...operations]) as Parameters<typeof applyRfc6902>[1]);
  expect(
    failures.filter((failure) => failure !== null),
    JSON.stringify(verdict.patch),
  ).to.deep.equal([]);
  expect(byFast).to.deep.equal(own);
  expect(byRfc).to.deep.equal(own);
  if (!isJsonObject(own)) throw new Error('the patch does not apply');
  return own;
}

/** A copy in which nothing stands twice: generated objects share parts, and two of the appliers work in place. */
function unshared(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(unshared);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, unshared(each)]));
}

/** Asks a mutator about a new object, and gives the object as it would be stored. */
export function created(
  admit: AdmitFn,
  object: JsonObject,
  cluster = view(),
  over: Partial<AdmissionRequest> = {},
): JsonObject {
  return patched(object, admit(request({ ...over, object }), cluster));
}

/** The plan that an object carries; fails when it has none. */
export function planOn(object: JsonObject): GroupPlan {
  const plan = parseGroupPlan(stringAt(object, ['metadata', 'annotations', 'sluice.dev/group-plan']));
  if (plan === undefined) throw new Error(`no plan on ${JSON.stringify(object)}`);
  return plan;
}

/** Short form of a verdict for tables: `allow`, `patch`, or the reason and the path of each mistake. */
export function summary(verdict: Verdict): string {
  if (verdict.kind === 'allow') return verdict.patch.length === 0 ? 'allow' : 'patch';
  if (verdict.kind === 'error') return 'error';
  return [verdict.code, verdict.reason, ...verdict.errors.map(({ path }) => path)].join(' ');
}
