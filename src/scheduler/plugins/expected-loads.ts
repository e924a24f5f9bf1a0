import type { NodeUsage } from '../../api/records/node-usage.ts';
import type { PluginArguments } from '../../config/policy.ts';
import { quantityToUnits } from '../../lib/quantity.ts';
import { numberArgument } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { CPU_IX, MEMORY_IX } from '../model/resource-table.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';

/** What pods are thought to use that no measurement shows yet: those that do not run, and those that began a moment ago. */
export class ExpectedLoads {
  readonly #snapshot: Snapshot;
  readonly #intervalMs: number;
  readonly #requestRatio: number;
  readonly #riskThreshold: number;
  readonly #riskFactor: number;
  /** In thousandths and KiB. */
  readonly #bestEffort: NodeUsage;
  #nowMs = 0;

  constructor(snapshot: Snapshot, options: PluginArguments, intervalMs: number) {
    this.#snapshot = snapshot;
    this.#intervalMs = intervalMs;
    this.#requestRatio = numberArgument(options, 'estimator.request_ratio', 0.7);
    this.#riskThreshold = numberArgument(options, 'estimator.risk_threshold', 0.6);
    this.#riskFactor = numberArgument(options, 'estimator.risk_factor', 1.2);
    this.#bestEffort = {
      cpu: quantityToUnits(options.get('estimator.be_cpu') ?? '250m', 'milli', 'up') ?? 0,
      memory: quantityToUnits(options.get('estimator.be_mem') ?? '200Mi', 'kibi', 'up') ?? 0,
    };
    snapshot.openPlacements.use();
  }

  /** Called once a cycle. */
  open(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  /**
   * In percent of the node, beside what was measured, with which it is never more than all. `meanOf` says how busy a node with
   * a load is, from 0 to 1. O(pods of the node).
   */
  of(node: number, measured: NodeUsage, meanOf: (load: NodeUsage) => number): NodeUsage {
    const added = this.#estimate(node);
    const isRisky = meanOf(capped(measured, added, 1)) + meanOf(measured) >= this.#riskThreshold;
    return capped(measured, added, isRisky ? this.#riskFactor : 1);
  }

  #estimate(node: number): NodeUsage {
    const { nodes, nodeTasks, openPlacements } = this.#snapshot;
    let [cpu, memory] = [0, 0];
    const add = (task: Task): void => {
      if (!this.#isUnseen(task)) return;
      const { class: taskClass } = task;
      cpu += taskClass.isBestEffort ? this.#bestEffort.cpu : taskClass.amountOf(CPU_IX) * this.#requestRatio;
      memory += taskClass.isBestEffort ? this.#bestEffort.memory : taskClass.amountOf(MEMORY_IX) * this.#requestRatio;
    };
    for (let task = nodeTasks.first(node); task !== undefined; task = task.nextOnNode) add(task);
    for (const task of openPlacements.on(node)) add(task);
    const share = (amount: number, resource: number): number => {
      const offered = nodes.allocatable[resource]?.[node] ?? 0;
      return offered > 0 ? (100 * amount) / offered : 0;
    };
    return { cpu: share(cpu, CPU_IX), memory: share(memory, MEMORY_IX) };
  }

  #isUnseen({ status, record: { startedMs } }: Task): boolean {
    if (status === TaskStatus.Running) return startedMs > 0 && this.#nowMs < startedMs + this.#intervalMs;
    return status === TaskStatus.Allocated || status === TaskStatus.Binding || status === TaskStatus.Bound;
  }
}

function capped(measured: NodeUsage, added: NodeUsage, factor: number): NodeUsage {
  return {
    cpu: Math.min(added.cpu * factor, Math.max(0, 100 - measured.cpu)),
    memory: Math.min(added.memory * factor, Math.max(0, 100 - measured.memory)),
  };
}
