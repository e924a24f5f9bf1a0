import { networkTopology } from './group-wish.ts';
import { readNetworkRule } from './projections/network-rule.ts';
import type { NetworkRule } from './records/network-rule.ts';
import type { OwnerRecord } from './records/owner-record.ts';
import { arrayAt, isJsonObject, member, numberAt, objectAt, stringAt } from '../lib/json.ts';

/** One role of a planned group. */
export interface PlannedTask {
  readonly name: string;
  /** Members of this role that must be placed together. */
  readonly min: number;
  /** 0 starts at once; stage n opens when every member of the stages before it runs (a Spark driver before its executors). */
  readonly stage: number;
}

/**
 * The group that the webhook planned for a root object, carried in the annotation `sluice.dev/group-plan` as JSON.
 * The controllers make the PodGroup from it: no UID exists at mutation time, so the name ends in a nonce.
 */
export interface GroupPlan {
  readonly version: 1;
  /** PodGroup name; at most 63 characters. */
  readonly group: string;
  /** Name or generateName that the plan was made for: a copied manifest with another name is planned anew. */
  readonly root: string;
  readonly queue: string;
  readonly priorityClassName: string;
  /**
   * Whom the PodGroup goes away with: the object that carries the plan, the controller of that pod and its peers, or an object
   * further up that handed the plan down.
   */
  readonly owner: 'root' | 'controller' | OwnerRecord;
  readonly tasks: readonly PlannedTask[];
  /** Its root wants no pods at present. */
  readonly isSuspended?: boolean;
  /** None of its pods is evicted for others. */
  readonly isKept?: boolean;
  /**
   * The label that tells the replicas of the root apart. No group is made from such a plan: each replica has one of its own,
   * which its pods plan by it.
   */
  readonly replicaLabel?: string | undefined;
  /** How near to each other its members have to be; absent when nobody says. */
  readonly network?: NetworkRule | undefined;
  /** How long each member runs at most, a Go duration; absent when the root does not say it of all of them. */
  readonly runningEstimate?: string | undefined;
  /** The user whose work it is, as the API server knows him; absent when nobody does. */
  readonly submitter?: string | undefined;
  /** That Sluice wrote the submitter, for this object (see submitter-claim.ts); absent when nobody signed. */
  readonly signature?: string | undefined;
  /** The policies that were for the root when it was made, by name; absent for none. For people. */
  readonly policies?: string | undefined;
  /** Kubernetes quantities of the members that the minima of all stages ask for. */
  readonly minResources: Readonly<Record<string, string>>;
}

/** Text for the annotation; stable member order. */
export function formatGroupPlan(plan: GroupPlan): string {
  const { version, group, root, queue, priorityClassName, owner, tasks, runningEstimate, minResources } = plan;
  const { isSuspended, isKept, replicaLabel, network, submitter, signature, policies } = plan;
  const ordered = tasks.map(({ name, min, stage }) => ({ name, min, stage }));
  const resources = Object.fromEntries(Object.entries(minResources).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  const head = { version, group, root, queue, priorityClassName };
  return JSON.stringify({
    ...head,
    ...(owner === 'root' ? {} : { owner: typeof owner === 'object' ? orderedOwner(owner) : owner }),
    ...(isSuspended === true ? { isSuspended } : {}),
    ...(isKept === true ? { isKept } : {}),
    ...(replicaLabel === undefined ? {} : { replicaLabel }),
    tasks: ordered,
    ...(network === undefined ? {} : { networkTopology: networkTopology(network) }),
    ...(runningEstimate === undefined ? {} : { runningEstimate }),
    ...(submitter === undefined ? {} : { submitter }),
    ...(signature === undefined ? {} : { signature }),
    ...(policies === undefined ? {} : { policies }),
    minResources: resources,
  });
}

/** Of the text of a plan. The longest of ours asks for 64 resources whose names are as long as they may be: under 24 KiB. */
const MAX_PLAN_LENGTH = 32 * 1024;

/** The plan, or undefined when the text is not one, or one of a newer version: a user may write anything into an annotation. */
export function parseGroupPlan(text: string): GroupPlan | undefined {
  const raw = parsedText(text);
  if (member(raw, 'version') !== 1) return undefined;
  const group = stringAt(raw, ['group']);
  const queue = stringAt(raw, ['queue']);
  const runningEstimate = stringAt(raw, ['runningEstimate']);
  const submitter = stringAt(raw, ['submitter']);
  const signature = stringAt(raw, ['signature']);
  const policies = stringAt(raw, ['policies']);
  const replicaLabel = stringAt(raw, ['replicaLabel']);
  const tasks = arrayAt(raw, 'tasks').map(parseTask);
  const network = isJsonObject(raw) ? readNetworkRule(raw) : undefined;
  if (group === '' || queue === '' || tasks.length === 0) return undefined;
  const known = tasks.filter((task) => task !== undefined);
  if (known.length !== tasks.length) return undefined;
  return {
    version: 1,
    group,
    queue,
    tasks: known,
    root: stringAt(raw, ['root']),
    priorityClassName: stringAt(raw, ['priorityClassName']),
    owner: parseOwner(member(raw, 'owner')),
    ...(member(raw, 'isSuspended') === true ? { isSuspended: true } : {}),
    ...(member(raw, 'isKept') === true ? { isKept: true } : {}),
    ...(replicaLabel === '' ? {} : { replicaLabel }),
    ...(network === undefined ? {} : { network }),
    ...(runningEstimate === '' ? {} : { runningEstimate }),
    ...(submitter === '' ? {} : { submitter }),
    ...(signature === '' ? {} : { signature }),
    ...(policies === '' ? {} : { policies }),
    minResources: stringMembers(objectAt(raw, 'minResources')),
  };
}

/** What a plan says in the same place in every version. */
export type NewerPlan = Pick<GroupPlan, 'group' | 'queue'>;

/**
 * A plan of a version that this program does not know: while releases follow each other, or after going back, who is older must not
 * take it for none and write another over it. Undefined for everything else.
 */
export function parseNewerPlan(text: string): NewerPlan | undefined {
  const raw = parsedText(text);
  const version = numberAt(raw, ['version'], 0);
  const [group, queue] = [stringAt(raw, ['group']), stringAt(raw, ['queue'])];
  return Number.isSafeInteger(version) && version > 1 && group !== '' && queue !== '' ? { group, queue } : undefined;
}

/** Text that is longer than any plan of ours is not even parsed. */
function parsedText(text: string): unknown {
  if (text === '' || text.length > MAX_PLAN_LENGTH) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Members that must be placed together once the stages up to `stage` are open. */
export function minMemberAt(plan: GroupPlan, stage: number): number {
  return plan.tasks.reduce((sum, task) => (task.stage <= stage ? sum + task.min : sum), 0);
}

function orderedOwner({ apiVersion, kind, name, uid }: OwnerRecord): OwnerRecord {
  return { apiVersion, kind, name, uid };
}

/** A reference without a UID points at nothing. */
function parseOwner(raw: unknown): GroupPlan['owner'] {
  const uid = stringAt(raw, ['uid']);
  if (uid === '') return raw === 'controller' ? 'controller' : 'root';
  const [apiVersion, kind, name] = [stringAt(raw, ['apiVersion']), stringAt(raw, ['kind']), stringAt(raw, ['name'])];
  return { apiVersion, kind, name, uid };
}

function parseTask(raw: unknown): PlannedTask | undefined {
  if (!isJsonObject(raw)) return undefined;
  const name = stringAt(raw, ['name']);
  const min = numberAt(raw, ['min'], -1);
  const stage = numberAt(raw, ['stage'], 0);
  const isWhole = Number.isSafeInteger(min) && Number.isSafeInteger(stage);
  return name !== '' && isWhole && min >= 0 && stage >= 0 ? { name, min, stage } : undefined;
}

function stringMembers(raw: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(raw).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
