import type { Job } from '../model/job.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Task } from '../model/task.ts';
import type { NodeTable } from '../placement/node-table.ts';
import type { Recency } from '../placement/recency.ts';

/** Amounts by index of the resource table, in typed arrays as those of a class. */
export type Amounts = Pick<TaskClass, 'resources' | 'amounts'>;

/** O(resources). */
export function amountOf(room: Amounts | undefined, resource: number): number {
  const at = room?.resources.indexOf(resource) ?? -1;
  return at < 0 ? 0 : (room?.amounts[at] ?? 0);
}

/** When a group that lacks room will start, and what of the room that is free now it then needs. */
export interface StartPlan {
  readonly job: Job;
  /** Milliseconds since 1970. */
  readonly startMs: number;
  /** By index of the node. The rest of what the group needs there is held by tasks that have ended by then. */
  readonly kept: ReadonlyMap<number, Amounts>;
}

/**
 * The planned starts of one cycle. What they keep is charged to the nodes until the cycle ends; whoever ends before a plan's
 * start may use it. Only where the tasks were to stand is remembered until the next cycle.
 */
export class StartPlans {
  readonly #nodes: NodeTable;
  readonly #recency: Recency;
  readonly #plans: StartPlan[] = [];
  /** Plans whose room is free to somebody at the moment. */
  readonly #lifted: StartPlan[] = [];
  /** Names of nodes, since indices move when nodes come and go: of the plans of the cycle before, and of this one. */
  #placesBefore = new Map<Task, string>();
  #places = new Map<Task, string>();

  constructor(nodes: NodeTable, recency: Recency) {
    this.#nodes = nodes;
    this.#recency = recency;
  }

  /** In the order in which they were made. */
  get plans(): readonly StartPlan[] {
    return this.#plans;
  }

  /** The node on which the task was to stand in the cycle before, or -1. */
  placeOf(task: Task): number {
    return this.#nodes.indexOf(this.#placesBefore.get(task) ?? '');
  }

  add(plan: StartPlan, places: readonly (readonly [Task, number])[]): void {
    for (const [task, node] of places) this.#places.set(task, this.#nodes.records[node]?.name ?? '');
    this.#plans.push(plan);
    this.#charge(plan, 1);
  }

  /** Frees the room of the plans that start at this time or later, until `recharge`. O(nodes of the plans). */
  lift(fromMs: number): void {
    for (const plan of this.#plans) {
      if (plan.startMs < fromMs) continue;
      this.#lifted.push(plan);
      this.#charge(plan, -1);
    }
  }

  recharge(): void {
    if (this.#lifted.length === 0) return;
    for (const plan of this.#lifted) this.#charge(plan, 1);
    this.#lifted.length = 0;
  }

  /** Asks somebody who has room of his own on the node, as if no plan kept any there. O(plans) */
  without(node: number, ask: () => boolean): boolean {
    const kept = this.#plans.flatMap((plan) => (this.#lifted.includes(plan) ? [] : (plan.kept.get(node) ?? [])));
    for (const amounts of kept) this.#chargeOn(node, amounts, -1);
    const answer = ask();
    for (const amounts of kept) this.#chargeOn(node, amounts, 1);
    return answer;
  }

  /** The cycle ends: nothing is charged any more. */
  clear(): void {
    if (this.#plans.length === 0 && this.#placesBefore.size === 0) return;
    this.lift(-Infinity);
    this.#lifted.length = 0;
    this.#plans.length = 0;
    this.#placesBefore = this.#places;
    this.#places = new Map();
  }

  #charge({ kept }: StartPlan, sign: 1 | -1): void {
    for (const [node, amounts] of kept) this.#chargeOn(node, amounts, sign);
  }

  #chargeOn(node: number, amounts: Amounts, sign: 1 | -1): void {
    this.#nodes.chargePipelined(node, amounts, sign);
    this.#recency.touch(node);
  }
}
