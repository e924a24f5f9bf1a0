import { LOWEST_PRIORITY } from '../model/priority-table.ts';
import { isStanding } from '../model/bundles.ts';
import { addToLedger } from '../model/queue.ts';
import type { Queue } from '../model/queue.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Snapshot } from './snapshot.ts';

/** What the evictable tasks of one queue and one priority hold on one node. */
export interface VictimSum {
  readonly queue: Queue;
  /** Of the tasks' jobs. */
  readonly priority: number;
  /** Number of such tasks. */
  readonly tasks: number;
  /** When the one was made that was made last. */
  readonly youngestMs: number;
  /** Indexed like the resource table, and maybe shorter. */
  readonly amounts: readonly number[];
  /** Of each resource, what the task holds that holds most of it. */
  readonly largest: readonly number[];
}

/** What is sure of all who would have to go from a node, whoever they are. */
export interface VictimBound {
  /** At least so many. */
  readonly count: number;
  /** One of them has at least this priority; -Infinity when nobody need go. */
  readonly highest: number;
  /** Their priorities together, each counted from the lowest there is, are at least this. */
  readonly sum: number;
  /** None of them was made later. */
  readonly youngestMs: number;
}

/** Whose tasks may be told to go. */
export type MayGo = (queue: Queue, priority: number) => boolean;

/**
 * What evictions could free, node by node, so that a preemptor looks at the tasks of those nodes only where it would find
 * enough. Sums are made when they are asked for, O(tasks of the node), and kept until the node or a priority changes.
 */
export class VictimSums {
  readonly #snapshot: Snapshot;
  /** By node; `#changedAt` says of which of its changes they are. */
  #kept: (readonly VictimSum[] | undefined)[] = [];
  #changedAt: number[] = [];
  #nodesVersion = -1;
  #prioritiesVersion = -1;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** The node's sums, lowest priority first. */
  of(node: number): readonly VictimSum[] {
    const { nodesVersion, prioritiesVersion, recency } = this.#snapshot;
    if (this.#nodesVersion !== nodesVersion || this.#prioritiesVersion !== prioritiesVersion) this.#forget();
    this.#nodesVersion = nodesVersion;
    this.#prioritiesVersion = prioritiesVersion;
    const changedAt = recency.changedAt(node);
    const kept = this.#kept[node];
    if (kept !== undefined && this.#changedAt[node] === changedAt) return kept;
    const sums = this.#sum(node);
    this.#kept[node] = sums;
    this.#changedAt[node] = changedAt;
    return sums;
  }

  #forget(): void {
    const { count } = this.#snapshot.nodes;
    this.#kept = Array.from({ length: count }, () => undefined);
    this.#changedAt = Array.from({ length: count }, () => -1);
  }

  /** Whether the class would fit the node if all that may go went. Counts what is being freed, and what is promised. */
  wouldFit(node: number, taskClass: TaskClass, mayGo: MayGo): boolean {
    return this.#wouldFit(node, taskClass, openOf(this.of(node), mayGo));
  }

  #wouldFit(node: number, { resources, amounts }: TaskClass, open: readonly VictimSum[]): boolean {
    const { nodes } = this.#snapshot;
    for (let i = 0; i < resources.length; i += 1) {
      const resource = resources[i] ?? 0;
      // What pods hold of it, no node has.
      if (!nodes.offers(resource)) return false;
      let room = nodes.future(node, resource);
      for (let s = 0; s < open.length; s += 1) room += (open[s] as VictimSum).amounts[resource] ?? 0;
      if (room < (amounts[i] ?? 0)) return false;
    }
    return true;
  }

  /**
   * Who at least would have to go for the class to fit the node; undefined when it would not fit whoever of them went.
   * O(sums x resources).
   */
  bound(node: number, taskClass: TaskClass, mayGo: MayGo): VictimBound | undefined {
    const open = openOf(this.of(node), mayGo);
    if (!this.#wouldFit(node, taskClass, open)) return undefined;
    const { nodes } = this.#snapshot;
    const { resources, amounts } = taskClass;
    let count = 0;
    let highest = -Infinity;
    for (let i = 0; i < resources.length; i += 1) {
      const resource = resources[i] ?? 0;
      let lack = (amounts[i] ?? 0) - nodes.future(node, resource);
      if (lack <= 0) continue;
      let largest = 0;
      for (const sum of open) largest = Math.max(largest, sum.largest[resource] ?? 0);
      count = Math.max(count, Math.ceil(lack / largest));
      for (const sum of open) {
        if (lack <= 0) break;
        lack -= sum.amounts[resource] ?? 0;
        highest = Math.max(highest, sum.priority);
      }
    }
    return { count, highest, ...lowest(open, count) };
  }

  #sum(node: number): readonly VictimSum[] {
    const sums: OpenSum[] = [];
    let last: OpenSum | undefined;
    /** Tasks of one class in a row that are not added yet. */
    let [taskClass, times]: [TaskClass | undefined, number] = [undefined, 0];
    for (let task = this.#snapshot.nodeTasks.first(node); task !== undefined; task = task.nextOnNode) {
      const { job } = task;
      const queue = job?.queue;
      if (job === undefined || queue === undefined || !isStanding(task)) continue;
      const { priority } = job;
      if (last?.queue !== queue || last.priority !== priority || taskClass !== task.class) {
        addAlike(last, taskClass, times);
        times = 0;
        taskClass = task.class;
        last = sumOf(sums, queue, priority);
      }
      times += 1;
      last.youngestMs = Math.max(last.youngestMs, task.record.createdMs);
    }
    addAlike(last, taskClass, times);
    return sums.sort((a, b) => a.priority - b.priority || (a.queue.name < b.queue.name ? -1 : 1));
  }
}

/** Of those whose tasks may go. Nearly always it is all of them, or none. */
function openOf(sums: readonly VictimSum[], mayGo: MayGo): readonly VictimSum[] {
  let open = 0;
  for (const { queue, priority } of sums) if (mayGo(queue, priority)) open += 1;
  if (open === sums.length) return sums;
  return open === 0 ? NOBODY : sums.filter(({ queue, priority }) => mayGo(queue, priority));
}

const NOBODY: readonly VictimSum[] = [];

/** Of so many of them the lowest priorities, each counted from the lowest there is, and when the youngest of all was made. */
function lowest(open: readonly VictimSum[], count: number): Pick<VictimBound, 'sum' | 'youngestMs'> {
  let left = count;
  let sum = 0;
  let youngestMs = -Infinity;
  for (const { priority, tasks, youngestMs: madeMs } of open) {
    youngestMs = Math.max(youngestMs, madeMs);
    const going = Math.min(left, tasks);
    sum += going * (priority - LOWEST_PRIORITY);
    left -= going;
  }
  return { sum, youngestMs };
}

function sumOf(sums: OpenSum[], queue: Queue, priority: number): OpenSum {
  for (const sum of sums) if (sum.queue === queue && sum.priority === priority) return sum;
  const sum: OpenSum = { queue, priority, tasks: 0, youngestMs: -Infinity, amounts: [], largest: [] };
  sums.push(sum);
  return sum;
}

function addAlike(sum: OpenSum | undefined, taskClass: TaskClass | undefined, times: number): void {
  if (sum === undefined || taskClass === undefined) return;
  sum.tasks += times;
  addToLedger(sum.amounts, taskClass.resources, taskClass.amounts, times);
  raise(sum.largest, taskClass);
}

/** One that is being made. */
interface OpenSum extends VictimSum {
  tasks: number;
  youngestMs: number;
  readonly amounts: number[];
  readonly largest: number[];
}

function raise(largest: number[], { resources, amounts }: TaskClass): void {
  for (let i = 0; i < resources.length; i += 1) {
    const resource = resources[i] ?? 0;
    largest[resource] = Math.max(largest[resource] ?? 0, amounts[i] ?? 0);
  }
}
