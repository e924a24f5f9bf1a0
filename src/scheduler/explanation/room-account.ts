import type { ReasonCode } from '../../api/reasons.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import { isWithin } from '../model/queue-paths.ts';
import { holdsNode, TaskStatus } from '../model/task-status.ts';
import { addPromised, isLetIn } from '../demand/promises.ts';
import type { Session } from '../session/session.ts';
import { quantity } from './amounts.ts';
import type { EvictionChances } from './eviction-chances.ts';
import type { GroupHolding, PodFit, QueueHolding, Reason, RoomAccount } from './explanation.ts';

/** Queues and groups that are listed. */
const LISTED = 10;

/** The group would start, or start sooner, if others held less. */
const ROOM_CODES: ReadonlySet<ReasonCode> = new Set([
  'NotEnoughResources',
  'QueueLimit',
  'QueueOverused',
  'RoomPromised',
  'RoomReserved',
  'WaitingInQueue',
]);

/** What the account is about. */
interface Scope {
  readonly resource: number;
  /** Its limit is in the way, for it and all below it; undefined: what nodes have. */
  readonly branch: Queue | undefined;
}

interface Holding {
  readonly job: Job;
  readonly queue: Queue;
  readonly held: number;
  readonly promised: number;
  readonly pods: number;
}

/** Who holds what the job lacks; undefined when it lacks no room. O(groups + their pods). */
export function roomAccount(
  session: Session,
  job: Job,
  { reasons, pods, chances }: RoomQuestion,
): RoomAccount | undefined {
  const { snapshot } = session;
  const scope = scopeOf(session, job, reasons, pods);
  if (scope === undefined) return undefined;
  const name = snapshot.resources.name(scope.resource);
  const holdings = holdingsIn(session, job, scope);
  holdings.sort((a, b) => b.held + b.promised - a.held - a.promised || (a.job.key < b.job.key ? -1 : 1));
  return {
    resource: name,
    scope: scope.branch === undefined ? 'cluster' : 'queue',
    queues: queuesOf(holdings, name),
    groups: holdings.slice(0, LISTED).map((holding) => told(holding, name, chances)),
    others: Math.max(0, holdings.length - LISTED),
    byStrangers: quantity(name, scope.branch === undefined ? heldByStrangers(session, scope.resource) : 0),
  };
}

interface RoomQuestion {
  readonly reasons: readonly Reason[];
  readonly pods: readonly PodFit[];
  readonly chances: EvictionChances;
}

function scopeOf(
  { snapshot }: Session,
  job: Job,
  reasons: readonly Reason[],
  pods: readonly PodFit[],
): Scope | undefined {
  const reason = reasons.find(({ code }) => ROOM_CODES.has(code));
  if (reason === undefined || reasons.some(({ verdict }) => verdict === 'never')) return undefined;
  const { resources, queues } = snapshot;
  const isOfQueue = reason.code === 'QueueLimit' || reason.code === 'QueueOverused';
  const branch = queues.get(reason.numbers?.queue ?? '') ?? (isOfQueue ? job.queue : undefined);
  const name = reason.numbers?.resource ?? scarcest(pods) ?? '';
  const resource = resources.find(name);
  return resource === undefined ? undefined : { resource, branch };
}

/** The resource of which the pods that fit worst find the least. */
function scarcest(pods: readonly PodFit[]): string | undefined {
  const worst = [...pods].sort((a, b) => a.fitNow / a.count - b.fitNow / b.count)[0];
  const free = worst?.free.toSorted((a, b) => a.pods - b.pods)[0];
  return free?.resource;
}

function holdingsIn({ snapshot }: Session, job: Job, { resource, branch }: Scope): Holding[] {
  const out: Holding[] = [];
  for (const other of snapshot.jobs.values()) {
    const { queue } = other;
    if (other === job || queue === undefined) continue;
    const isPromised = other.record.minResources !== undefined && other.isActive && isLetIn(other);
    if (
      !(isPromised || other.holdsSome() || other.count(TaskStatus.Releasing) > 0) ||
      (branch !== undefined && !isWithin(queue, branch))
    )
      continue;
    const promised = isPromised ? promisedTo(other, resource, snapshot) : 0;
    const holding = holdingOf(other, queue, resource, promised);
    if (holding.held > 0 || holding.promised > 0) out.push(holding);
  }
  return out;
}

function holdingOf(job: Job, queue: Queue, resource: number, promised: number): Holding {
  let held = 0;
  let pods = 0;
  for (let task = job.tasks.first; task !== undefined; task = task.nextInJob) {
    const amount = holdsNode(task.status) ? task.class.amountOf(resource) : 0;
    held += amount;
    if (amount > 0) pods += 1;
  }
  return { job, queue, held, promised, pods };
}

function promisedTo(job: Job, resource: number, { resources }: Session['snapshot']): number {
  const promised: number[] = [];
  addPromised(job, resources, promised);
  return promised[resource] ?? 0;
}

function queuesOf(holdings: readonly Holding[], resource: string): readonly QueueHolding[] {
  const sums = [...Map.groupBy(holdings, ({ queue }) => queue)].map(([queue, all]) => ({
    queue: queue.name,
    held: all.reduce((sum, { held }) => sum + held, 0),
    groups: all.length,
  }));
  sums.sort((a, b) => b.held - a.held || (a.queue < b.queue ? -1 : 1));
  return sums.slice(0, LISTED).map((sum) => ({ ...sum, held: quantity(resource, sum.held) }));
}

function told({ job, queue, held, promised, pods }: Holding, resource: string, chances: EvictionChances): GroupHolding {
  return {
    group: job.key,
    queue: queue.name,
    held: quantity(resource, held),
    promised: quantity(resource, promised),
    pods,
    priority: job.priority,
    ...chances.of(job),
  };
}

function heldByStrangers({ snapshot }: Session, resource: number): number {
  let held = 0;
  for (const task of snapshot.tasks.values()) {
    if (task.job === undefined && task.nodeIx >= 0 && holdsNode(task.status)) held += task.class.amountOf(resource);
  }
  return held;
}
