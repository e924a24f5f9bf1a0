import type { PodRules } from '../../api/records/pod-rules.ts';
import type { SchedulingShape } from '../../api/records/scheduling-shape.ts';
import { formatUnits } from '../../lib/quantity.ts';
import { resourceUnit } from '../../api/amounts.ts';
import type { EmptyCluster } from '../framework/plugin.ts';
import type { Refusal } from '../model/refusal.ts';
import { unsupportedNeed } from '../framework/unsupported-need.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import type { TaskClass } from '../model/task-class.ts';
import { PODS_IX } from '../model/resource-table.ts';
import { holdsNode, TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import { isPassing } from '../placement/passing-taints.ts';
import type { MindedRules } from '../placement/minded-rules.ts';
import type { NodeIndex } from '../placement/node-index.ts';
import { isDeclaredLimit } from '../shares/declared-limit.ts';
import { EPSILON } from '../shares/epsilon.ts';
import { tolerates } from '../placement/taints.ts';
import type { Bitset } from '../../lib/bitset.ts';
import { joined } from '../../lib/joined.ts';

/** What is asked of the cluster as it stands, busy or not. */
export interface Bounds {
  readonly snapshot: Snapshot;
  readonly cluster: EmptyCluster;
  /** Most that each queue may ever hold, by resource. */
  readonly limits: ReadonlyMap<Queue, Float64Array>;
}

/**
 * Why the job can never start, however long it waits: its queue may never hold its minimum, or too few of its pods fit
 * the cluster even if that were empty. Undefined for a job that runs already, and while it lacks pods.
 * O(tasks), and O(1) for a group of one.
 */
export function neverFits(job: Job, queue: Queue, bounds: Bounds): Refusal | undefined {
  return tooLargeForQueue(job, queue, bounds) ?? tooFewPlaces(job, queue, bounds);
}

/**
 * The same of a job whose pods are still being made: what it says that it needs is all that is known, and more pods do not mend it. O(1).
 */
export function saysTooMuch(job: Job, queue: Queue, bounds: Bounds): Refusal | undefined {
  return job.record.minResources === undefined ? undefined : tooLargeForQueue(job, queue, bounds);
}

/** How many tasks of the class the empty cluster could hold within what the queue may hold, but no more than `most`. */
export function placesFor(
  taskClass: TaskClass,
  most: number,
  queue: Queue,
  { cluster, limits, snapshot }: Bounds,
): number {
  const limit = limits.get(queue);
  const { resources, amounts } = taskClass;
  let places = cluster.capacity(taskClass, most);
  if (limit === undefined || snapshot.nodes.count === 0) return places;
  for (let i = 0; i < resources.length; i += 1) {
    places = Math.min(places, Math.floor(((limit[resources[i] ?? 0] ?? 0) + EPSILON) / (amounts[i] ?? 1)));
  }
  return places;
}

function tooLargeForQueue(job: Job, queue: Queue, { snapshot, limits }: Bounds): Refusal | undefined {
  const limit = limits.get(queue);
  if (limit === undefined || snapshot.nodes.count === 0) return undefined;
  const [r, amount] = excess(job, limit, snapshot) ?? [-1, 0];
  if (r >= 0) {
    const most = limit[r] ?? 0;
    const name = snapshot.resources.name(r);
    const text = (units: number): string => formatUnits(Math.floor(units), resourceUnit(name));
    const all = snapshot.nodes.totals[r] ?? 0;
    const bound =
      most < all - EPSILON
        ? `queue ${queue.name} may hold ${text(most)} of the ${text(all)} that the cluster has`
        : `the cluster has ${text(all)}`;
    const why = `its minimum is ${name} ${text(amount)}, and ${bound}`;
    const told = refusal(job, why, 'its minimum, the limits of the queues or the nodes change');
    const numbers = { resource: name, asked: amount, held: 0, limit: most, queue: queue.name };
    return { ...told, numbers, isDeclared: isDeclaredLimit(queue, name, most) };
  }
  return undefined;
}

/**
 * The first resource of which the job takes more than the limit once it has started, and how much it takes at least: its
 * minResources, else what its minimum of pods asks for.
 */
function excess(job: Job, limit: Float64Array, { resources, nodes }: Snapshot): readonly [number, number] | undefined {
  // A queue that counts its pods: few minResources name them.
  const most = limit[PODS_IX] ?? 0;
  if (most < (nodes.totals[PODS_IX] ?? 0) && job.missing() > most) return [PODS_IX, job.missing()];
  const minimum = job.minimum(resources);
  if (minimum !== undefined) {
    for (let i = 0; i < minimum.resources.length; i += 1) {
      const [r, amount] = [minimum.resources[i] ?? 0, minimum.amounts[i] ?? 0];
      if (amount > (limit[r] ?? 0) + EPSILON) return [r, amount];
    }
    return undefined;
  }
  for (const least of job.valid() > job.minMember ? leastOfSome(job) : sumOfAll(job)) {
    if (least[1] > (limit[least[0]] ?? 0) + EPSILON) return least;
  }
  return undefined;
}

function sumOfAll(job: Job): Map<number, number> {
  const sum = new Map<number, number>();
  const counts = new Map<TaskClass, number>();
  for (let task = job.tasks.first; task !== undefined; task = task.nextInJob) {
    if (mayBeOfGang(task.status)) counts.set(task.class, (counts.get(task.class) ?? 0) + 1);
  }
  for (const [{ resources, amounts }, tasks] of counts) {
    resources.forEach((r, i) => sum.set(r, (sum.get(r) ?? 0) + tasks * (amounts[i] ?? 0)));
  }
  return sum;
}

/** Not who is on the way out or lost: others are made in their place, and the room is theirs. */
function mayBeOfGang(status: TaskStatus): boolean {
  if (status === TaskStatus.Releasing || status === TaskStatus.Unknown) return false;
  return holdsNode(status) || isStillWaiting(status);
}

/** Who is promised room waits for it. */
function isStillWaiting(status: TaskStatus): boolean {
  return status === TaskStatus.Pending || status === TaskStatus.Pipelined;
}

/** Whichever of the pods start: so many of the smallest request. Exact when all are alike. */
function leastOfSome(job: Job): Map<number, number> {
  let smallest: Map<number, number> | undefined;
  const tasks = [...job.tasks.values()].filter(({ status }) => mayBeOfGang(status));
  for (const taskClass of new Set(tasks.map((task) => task.class))) {
    const amounts = new Map(Array.from(taskClass.resources, (r, i) => [r, taskClass.amounts[i] ?? 0]));
    for (const r of smallest?.keys() ?? []) smallest?.set(r, Math.min(smallest.get(r) ?? 0, amounts.get(r) ?? 0));
    smallest ??= amounts;
  }
  for (const [r, amount] of smallest ?? []) smallest?.set(r, amount * job.minMember);
  return smallest ?? new Map<number, number>();
}

function tooFewPlaces(job: Job, queue: Queue, bounds: Bounds): Refusal | undefined {
  const missing = job.missing();
  if (missing <= 0 || isAlikeWithPlaces(job, missing, queue, bounds)) return undefined;
  const tasks = pendingOf(job, () => true);
  const short = shortage({ job, queue, who: 'its pods' }, tasks, missing, bounds);
  if (short !== undefined) return short;
  for (const group of job.groups) {
    const lacking = group.min - group.ready();
    if (lacking <= 0) continue;
    const ofRole = pendingOf(job, (task) => task.group === group);
    const ofGroup = shortage({ job, queue, who: `its pods of task ${group.name}` }, ofRole, lacking, bounds);
    if (ofGroup !== undefined) return ofGroup;
  }
  return tooFewParts(job, queue, bounds);
}

function tooFewParts(job: Job, queue: Queue, bounds: Bounds): Refusal | undefined {
  for (const kind of job.subGroups?.kinds ?? []) {
    const lacking = job.subGroups?.missing(kind) ?? 0;
    if (lacking <= 0) continue;
    const ofParts = pendingOf(job, ({ subGroup }) => subGroup?.kind === kind);
    const who = `its pods of sub-groups ${kind.policy.name}`;
    const ofPolicy = shortage({ job, queue, who }, ofParts, lacking, bounds);
    if (ofPolicy !== undefined) return ofPolicy;
  }
  return undefined;
}

/** By far the most jobs, and without a map: no roles, pending tasks of one class, and places for so many as are needed. */
function isAlikeWithPlaces(job: Job, needed: number, queue: Queue, bounds: Bounds): boolean {
  const only = job.groups.length > 0 || job.subGroups !== undefined ? undefined : job.pendingClass();
  const most = Math.min(job.pending(), needed);
  return only !== undefined && placesFor(only, most, queue, bounds) >= most;
}

function pendingOf(job: Job, isWanted: (task: Task) => boolean): Map<TaskClass, number> {
  const counts = new Map<TaskClass, number>();
  for (const task of job.tasks.values()) {
    if (isStillWaiting(task.status) && isWanted(task)) counts.set(task.class, (counts.get(task.class) ?? 0) + 1);
  }
  return counts;
}

/** Fewer of the tasks than needed could have a place at the same time, each class counted for itself. */
function shortage(
  { job, queue, who }: { readonly job: Job; readonly queue: Queue; readonly who: string },
  tasks: ReadonlyMap<TaskClass, number>,
  needed: number,
  bounds: Bounds,
): Refusal | undefined {
  const { snapshot } = bounds;
  let places = 0;
  let misfit: TaskClass | undefined;
  for (const [taskClass, count] of tasks) {
    const fitting = placesFor(taskClass, Math.min(count, needed), queue, bounds);
    const isShort = fitting < Math.min(count, needed);
    if (isShort && (misfit === undefined || tellsFirst(taskClass, misfit))) misfit = taskClass;
    places += fitting;
  }
  if (places >= needed || misfit === undefined) return undefined;
  if (misfit.shape.needs.length > 0) return unsupportedNeed(misfit);
  const nodes = snapshot.nodes.count;
  const count =
    places === 0
      ? `none of ${nodes} nodes could hold one of ${who} for queue ${queue.name} even if it were empty`
      : `${needed} of ${who} must start together, and ${nodes} nodes could hold ${places} for queue ${queue.name} even if they were empty`;
  const why = `${count}; a pod asks for ${requestsText(misfit, snapshot)}`;
  return refusal(job, why, 'its pods ask for less or for other nodes, the queue may hold more, or nodes are added');
}

/** What more room does not mend goes first; then by name, so that the words do not hang on the order in which pods came. */
function tellsFirst({ shape: a }: TaskClass, { shape: b }: TaskClass): boolean {
  if (a.needs.length > 0 !== b.needs.length > 0) return a.needs.length > 0;
  return a.key < b.key;
}

function requestsText({ shape }: TaskClass, { nodes, resources, index, minded }: Snapshot): string {
  const parts: string[] = [];
  const slots = nodes.largest(PODS_IX);
  let areSlotsScarce = true;
  for (const [name, amount] of shape.requests) {
    if (name === 'pods' || amount === 0) continue;
    const largest = nodes.largest(resources.intern(name));
    if (largest < amount * slots) areSlotsScarce = false;
    const [asked, most] = [amount, largest].map((units) => formatUnits(units, resourceUnit(name)));
    parts.push(`${name} ${asked} (largest node: ${most})`);
  }
  if (areSlotsScarce) parts.push(`${parts.length === 0 ? 'nothing but ' : ''}a pod slot (largest node: ${slots})`);
  if (minded.hostPorts && shape.hostPorts.length > 0)
    parts.push(`host port ${shape.hostPorts.map(({ port }) => port).join(' and ')} (one such pod a node)`);
  parts.push(...rulesTexts(shape.rules, minded, index));
  const choice = minded.nodeAffinity ? choiceText(shape, index) : '';
  return `${parts.join(', ')}${choice}${taintsText(shape, index, minded)}`;
}

/** Which nodes it chooses: by the labels that no node has, where there are such. */
function choiceText({ nodeSelector, requiredTerms }: SchedulingShape, index: NodeIndex): string {
  const lacking = [...nodeSelector].filter(([key, value]) => index.withLabel(key, value).size() === 0);
  const labels = joined(lacking.map(([key, value]) => `${key}=${value}`));
  if (lacking.length > 0) return ` and chooses nodes with ${labels}, and there are none`;
  return nodeSelector.size > 0 || requiredTerms !== undefined ? ' and chooses its nodes' : '';
}

/** What its rules about its like say, and which of all rules no node can meet. */
function rulesTexts(
  rules: PodRules | undefined,
  { podAffinity, spread }: MindedRules,
  index: NodeIndex,
): readonly string[] {
  if (rules === undefined) return [];
  const ruled = [...(podAffinity ? rules.affinity : []), ...(spread ? rules.spread : [])];
  const lacking = new Set(
    ruled.map(({ topologyKey }) => topologyKey).filter((key) => index.withAnyLabel(key).size() === 0),
  );
  const own = <T extends { readonly isOwn: boolean; readonly topologyKey: string }>(all: readonly T[]): readonly T[] =>
    all.filter(({ isOwn, topologyKey }) => isOwn && !lacking.has(topologyKey));
  const near = podAffinity ? own(rules.affinity) : [];
  const apart = podAffinity ? own(rules.antiAffinity) : [];
  const even = spread ? own(rules.spread) : [];
  return [
    ...near.map(({ topologyKey }) => `one ${topologyKey} for all of them`),
    ...apart.map(({ topologyKey }) => `a ${topologyKey} of its own`),
    ...even.map(({ topologyKey, maxSkew }) => `an even spread over ${topologyKey} (skew ${maxSkew})`),
    ...Array.from(lacking, (key) => `a node with the label ${key}, which none has`),
  ];
}

/** The taints that stay, and that the pod does not bear; the one that most nodes have comes first. */
function taintsText({ tolerations }: SchedulingShape, index: NodeIndex, minded: MindedRules): string {
  const byWords = new Map<string, Bitset>();
  for (const { taint, nodes } of index.taints()) {
    if (!minded.heeds(taint) || isPassing(taint) || tolerates(tolerations, taint)) continue;
    // Its effect is not told: taints that differ in that alone are one.
    const words = `{${taint.key}: ${taint.value}}`;
    const all = byWords.get(words) ?? index.none();
    all.union(nodes);
    byWords.set(words, all);
  }
  if (byWords.size === 0) return '';
  const parts = Array.from(byWords, ([words, nodes]) => ({ words, count: nodes.size() }));
  parts.sort((a, b) => b.count - a.count || (a.words < b.words ? -1 : 1));
  const texts = parts.map(({ words, count }) => `${words} of ${count} nodes`);
  return ` and does not tolerate the taint ${joined(texts)}`;
}

function refusal(job: Job, why: string, until: string): Refusal {
  return {
    code: 'NeverFits',
    message: `PodGroup ${job.key} cannot start as things are: ${why}. It waits until ${until}.`,
  };
}
