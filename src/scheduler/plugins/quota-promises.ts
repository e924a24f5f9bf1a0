import type { ResourceQuotaRecord } from '../../api/records/resource-quota-record.ts';
import { saysTheSame } from '../../lib/same.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import { JobBlock } from '../model/job-block.ts';
import { PODS_IX } from '../model/resource-table.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import { addToLedger } from '../model/queue.ts';
import type { IndexedAmounts } from '../model/task-class.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import { addTo } from '../demand/indexed-sums.ts';
import { isLetIn, mayTakeMore } from '../demand/promises.ts';
import { isUnder } from './quota-scopes.ts';
import { demandOf } from '../demand/usable-demand.ts';
import type { UsableDemand } from '../demand/usable-demand.ts';

/** A group that was let in, and pods of which are still to come. */
interface Open {
  readonly toCome: IndexedAmounts;
  /** It could start with them. */
  isUsable: boolean;
}

/**
 * What the groups that were let in may still ask of the quotas of their namespaces: their minimum less the pods that exist,
 * which the quotas have counted. Kept by change; a namespace has a few such groups at a time, since pods are made within seconds.
 */
export class QuotaPromises {
  readonly #snapshot: Snapshot;
  readonly #demand: UsableDemand;
  readonly #byNamespace = new Map<string, Map<Job, Open>>();
  /** By quota, of this cycle. */
  readonly #sums = new Map<ResourceQuotaRecord, number[]>();
  #position = -1;
  /** Of what was told in this cycle. */
  #isRead = false;
  /** Grows with each change. */
  version = 0;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.#demand = demandOf(snapshot);
  }

  /** Called at the start of each cycle. */
  open(): void {
    this.#isRead = false;
    this.#sums.clear();
  }

  /** By index of the resource; of the groups that fall under the quota. O(such groups) for the first who asks in a cycle. */
  under(quota: ResourceQuotaRecord): readonly number[] {
    this.read();
    let sum = this.#sums.get(quota);
    if (sum !== undefined) return sum;
    sum = [];
    this.#sums.set(quota, sum);
    for (const [job, { toCome, isUsable }] of this.#byNamespace.get(quota.namespace) ?? []) {
      if (isUsable && isUnder(quota, job)) addTo(sum, toCome, 1);
    }
    return sum;
  }

  /** The group was let in just now. */
  promise(job: Job): void {
    this.read();
    const { namespace } = job.record;
    const toCome = podsToCome(job, this.#snapshot.resources);
    if (toCome === undefined || this.#byNamespace.get(namespace)?.has(job) === true) return;
    this.#keep(job, { toCome, isUsable: true });
    for (const [quota, sum] of this.#sums) {
      if (quota.namespace === namespace && isUnder(quota, job)) addTo(sum, toCome, 1);
    }
  }

  /** Takes up what changed since the cycle before. O(jobs that changed + groups that lack pods). */
  read(): void {
    if (this.#isRead) return;
    this.#isRead = true;
    const { jobJournal, jobs } = this.#snapshot;
    const changed = jobJournal.since(this.#position);
    this.#position = jobJournal.end;
    if (changed === undefined) this.#byNamespace.clear();
    // Blocks are of groups that have all of their pods.
    for (const each of changed ?? jobs.values()) if (!(each instanceof JobBlock)) this.#evaluate(each);
    for (const group of this.#byNamespace.values()) {
      for (const [job, open] of group) {
        const isUsable = this.#demand.isUsable(job);
        if (open.isUsable !== isUsable) this.version += 1;
        open.isUsable = isUsable;
      }
    }
  }

  #evaluate(job: Job): void {
    const { namespace } = job.record;
    const known = this.#byNamespace.get(namespace);
    const before = known?.get(job);
    const isThere = job.queue !== undefined && this.#snapshot.jobs.get(job.key) === job;
    const toCome = isThere && isLetIn(job) && mayTakeMore(job) ? podsToCome(job, this.#snapshot.resources) : undefined;
    if (toCome !== undefined) {
      if (before !== undefined && saysTheSame(before.toCome, toCome)) return;
      this.#keep(job, { toCome, isUsable: this.#demand.isUsable(job) });
    } else if (known?.delete(job) === true) {
      if (known.size === 0) this.#byNamespace.delete(namespace);
      this.version += 1;
    }
  }

  #keep(job: Job, open: Open): void {
    const { namespace } = job.record;
    let group = this.#byNamespace.get(namespace);
    if (group === undefined) this.#byNamespace.set(namespace, (group = new Map()));
    group.set(job, open);
    this.version += 1;
  }
}

/** Pods of a group that do not exist yet. */
export interface ToCome extends IndexedAmounts {
  /** What of each of the resources the group asks for with the pods that do exist. */
  readonly together: readonly number[];
}

/**
 * What of the group's minimum has no pod yet; undefined when all of it has one, or the group has no minResources. Where those say
 * nothing about pods, they are as many as the gang's minimum. O(tasks), and O(1) for a group of one with its pod.
 */
export function podsToCome(job: Job, table: ResourceTable): ToCome | undefined {
  const minimum = job.minimum(table);
  if (minimum === undefined || job.alike(table) !== undefined) return undefined;
  const there: number[] = [];
  const ended: number[] = [];
  for (let task = job.tasks.first; task !== undefined; task = task.nextInJob) {
    if (task.status === TaskStatus.Succeeded) addToLedger(ended, task.class.resources, task.class.amounts, 1);
    else if (isCounted(task)) addToLedger(there, task.class.resources, task.class.amounts, 1);
  }
  const out: { resources: number[]; amounts: number[]; together: number[] } = {
    resources: [],
    amounts: [],
    together: [],
  };
  const ask = (r: number, amount: number): void => {
    const together = table.counted(r, amount) - (ended[r] ?? 0);
    const rest = together - (there[r] ?? 0);
    if (rest <= 0) return;
    out.resources.push(r);
    out.amounts.push(rest);
    out.together.push(together);
  };
  for (let i = 0; i < minimum.resources.length; i += 1) ask(minimum.resources[i] ?? 0, minimum.amounts[i] ?? 0);
  if (!minimum.resources.includes(PODS_IX)) ask(PODS_IX, job.minMember);
  return out.resources.length === 0 ? undefined : out;
}

/** It is in what the quotas have used. One that leaves will have to be made again. */
function isCounted({ status }: Task): boolean {
  return status !== TaskStatus.Failed && status !== TaskStatus.Releasing;
}
