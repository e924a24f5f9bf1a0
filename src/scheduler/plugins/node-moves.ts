import type { EmptyCluster } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { bundlesOf } from '../model/bundles.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import { addedLoad, difference, isWithin, loadOf, sumOf } from './node-loads.ts';
import type { Load } from './node-loads.ts';

/** When pods are moved, and which. */
export interface MoveRules {
  /** A node within it has room. */
  readonly low: Load;
  /** A node beyond it is too busy; no node is brought beyond it. */
  readonly target: Load;
  /** Only pods of groups below this priority go. */
  readonly below: number;
  /** Only pods go that one of the nodes with room could take. */
  readonly mustFit: boolean;
}

/** A node with room, and what is thought to be moved to it. */
interface Target {
  readonly node: number;
  load: Load;
  readonly taken: Map<number, number>;
}

/** Who is to go, and the nodes by what they are. */
export interface Moves {
  readonly tasks: readonly Task[];
  readonly crowded: ReadonlySet<number>;
  readonly roomy: ReadonlySet<number>;
}

/**
 * Which of the running tasks, worst first, leave nodes that are too busy for such that have room: no more than until the first are
 * not, and the second would be. What a gang needs stays. O(nodes + tasks x nodes with room).
 */
export class NodeMoves {
  readonly #snapshot: Snapshot;
  readonly #rules: MoveRules;
  readonly #cluster: EmptyCluster;
  readonly #crowded = new Map<number, Load>();
  readonly #targets: Target[] = [];

  constructor(snapshot: Snapshot, rules: MoveRules, cluster: EmptyCluster, nowMs: number) {
    this.#snapshot = snapshot;
    this.#rules = rules;
    this.#cluster = cluster;
    for (let node = 0; node < snapshot.nodes.count; node += 1) {
      const load = loadOf(snapshot, node, nowMs);
      if (load === undefined) continue;
      if (!isWithin(load, rules.target)) this.#crowded.set(node, load);
      else if (isWithin(load, rules.low) && snapshot.nodes.records[node]?.unschedulable === false) {
        this.#targets.push({ node, load, taken: new Map() });
      }
    }
  }

  choose(running: readonly Task[]): Moves {
    const roomy = new Set(this.#targets.map(({ node }) => node));
    const crowded = new Set(this.#crowded.keys());
    if (roomy.size === 0 || crowded.size === 0) return { tasks: [], crowded, roomy };
    const candidates = running.filter((task) => crowded.has(task.nodeIx) && this.#mayMove(task));
    const tasks = bundlesOf(candidates).safe.filter((task) => this.#move(task));
    return { tasks, crowded, roomy };
  }

  /** What hangs on which pods stand where cannot be told beforehand. */
  #mayMove({ job, class: { shape } }: Task): boolean {
    if (job === undefined || job.priority >= this.#rules.below) return false;
    return shape.rules === undefined && shape.hostPorts.length === 0 && shape.needs.length === 0;
  }

  #move({ nodeIx, class: taskClass }: Task): boolean {
    const load = this.#crowded.get(nodeIx);
    if (load === undefined || isWithin(load, this.#rules.target)) return false;
    const target = this.#targetFor(taskClass);
    if (target === undefined) return false;
    this.#crowded.set(nodeIx, difference(load, addedLoad(this.#snapshot, nodeIx, taskClass)));
    target.load = sumOf(target.load, addedLoad(this.#snapshot, target.node, taskClass));
    taskClass.resources.forEach((r, i) => {
      target.taken.set(r, (target.taken.get(r) ?? 0) + (taskClass.amounts[i] ?? 0));
    });
    return true;
  }

  /** The one that would be the least busy; the first by name of several. */
  #targetFor(taskClass: TaskClass): Target | undefined {
    const mask = this.#rules.mustFit ? this.#cluster.nodesFor(taskClass) : undefined;
    let best: Target | undefined;
    let least = Infinity;
    for (const target of this.#targets) {
      const load = sumOf(target.load, addedLoad(this.#snapshot, target.node, taskClass));
      const busiest = Math.max(load.cpu, load.memory);
      if (busiest >= least || !isWithin(load, this.#rules.target)) continue;
      if (mask !== undefined && !(mask.has(target.node) && this.#fits(target, taskClass))) continue;
      best = target;
      least = busiest;
    }
    return best;
  }

  #fits({ node, taken }: Target, { resources, amounts }: TaskClass): boolean {
    const { available } = this.#snapshot.nodes;
    return resources.every((r, i) => (available[r]?.[node] ?? 0) - (taken.get(r) ?? 0) >= (amounts[i] ?? 0));
  }
}
