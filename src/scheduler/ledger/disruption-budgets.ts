import type { DisruptionBudgetRecord } from '../../api/records/disruption-budget-record.ts';
import { selects } from '../../api/records/label-selector.ts';
import type { LabelPairs } from '../../api/records/label-selector.ts';
import { saysTheSame } from '../../lib/same.ts';
import type { Task } from '../model/task.ts';

interface Budget {
  record: DisruptionBudgetRecord;
  /** Pods of it that were told to go, each with the record as it was then. */
  readonly told: Map<Task, DisruptionBudgetRecord>;
}

interface Namespace {
  readonly budgets: Map<string, Budget>;
  /** Found once for each list of labels, which pods share; anew whenever a selector changes. */
  byLabels: WeakMap<LabelPairs, readonly Budget[]>;
}

const NONE: readonly Budget[] = [];

/**
 * The disruption budgets and what they allow, minus the pods that were told to go: thought of, decided, or on their way to the
 * API server. Pods of namespaces without budgets cost a look into one map.
 */
export class DisruptionBudgets {
  readonly #namespaces = new Map<string, Namespace>();

  upsert(record: DisruptionBudgetRecord): void {
    let namespace = this.#namespaces.get(record.namespace);
    if (namespace === undefined) {
      namespace = { budgets: new Map(), byLabels: new WeakMap() };
      this.#namespaces.set(record.namespace, namespace);
    }
    const known = namespace.budgets.get(record.key);
    if (known === undefined) namespace.budgets.set(record.key, { record, told: new Map() });
    if (known === undefined || !saysTheSame(known.record, record, ['allowed'])) namespace.byLabels = new WeakMap();
    if (known !== undefined) known.record = record;
  }

  remove({ namespace: name, key }: Pick<DisruptionBudgetRecord, 'namespace' | 'key'>): void {
    const namespace = this.#namespaces.get(name);
    namespace?.budgets.delete(key);
    if (namespace === undefined) return;
    namespace.byLabels = new WeakMap();
    if (namespace.budgets.size === 0) this.#namespaces.delete(name);
  }

  /** The pod was told to go. */
  tell(task: Task): void {
    for (const budget of this.#of(task)) budget.told.set(task, budget.record);
  }

  /** The pod stays, or is gone. */
  untell(task: Task): void {
    const namespace = this.#namespaces.get(task.record.namespace);
    if (namespace !== undefined) for (const { told } of namespace.budgets.values()) told.delete(task);
  }

  /** Whether all of the pods may go as well. O(pods + those told of their budgets). */
  allow(tasks: readonly Task[]): boolean {
    return this.blocking(tasks).length === 0;
  }

  /** Keys of the budgets that do not let all of the pods go; those that share a pod do not let it go at all, as the API server. */
  blocking(tasks: readonly Task[]): readonly string[] {
    if (this.#namespaces.size === 0) return NO_KEYS;
    const wanted = new Map<Budget, number>();
    const keys = new Set<string>();
    for (const task of tasks) {
      const budgets = this.#of(task);
      for (const budget of budgets) {
        wanted.set(budget, (wanted.get(budget) ?? 0) + 1);
        if (budgets.length > 1) keys.add(budget.record.key);
      }
    }
    for (const [budget, count] of wanted) if (count > left(budget)) keys.add(budget.record.key);
    return [...keys].toSorted();
  }

  /** Whether the budget of the key speaks of the pod. */
  names(key: string, task: Task): boolean {
    return this.#of(task).some(({ record }) => record.key === key);
  }

  /** Those that the API server would ask. One of a pod that has not begun to run is never asked. */
  #of({ record }: Task): readonly Budget[] {
    const namespace = this.#namespaces.get(record.namespace);
    if (namespace === undefined || record.phase === 'Pending') return NONE;
    let found = namespace.byLabels.get(record.labels);
    if (found === undefined) {
      found = [...namespace.budgets.values()].filter(({ record: { selector } }) => selects(selector, record.labels));
      namespace.byLabels.set(record.labels, found);
    }
    return found;
  }
}

const NO_KEYS: readonly string[] = [];

/**
 * A pod counts as told until it is seen on its way out and the budget has said something else since: by then what the budget
 * allows has been told without it.
 */
function left({ record, told }: Budget): number {
  let count = 0;
  for (const [task, seen] of told) if (seen === record || !task.record.deleting) count += 1;
  return record.allowed - count;
}
