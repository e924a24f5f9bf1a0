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

  get areNone(): boolean {
    return this.#namespaces.size === 0;
  }

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

  /** Whether the pod may go beside those. */
  allows(task: Task): boolean {
    if (this.areNone) return true;
    const [budget, second] = this.#of(task);
    if (budget === undefined) return true;
    return second === undefined && (budget.record.allowed > budget.told.size || left(budget) > 0);
  }

  /** What the pods draw on their budgets beyond what these allow. O(pods + those told of the budgets). */
  overdraft(tasks: readonly Task[]): Overdraft {
    return new Overdraft((task) => this.#of(task), this.areNone ? [] : tasks);
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

/** What pods draw on budgets that do not let all of them go at once. */
class Overdraft {
  readonly #of: (task: Task) => readonly Budget[];
  /** How many pods too many. */
  readonly #beyond = new Map<Budget, number>();

  constructor(of: (task: Task) => readonly Budget[], tasks: readonly Task[]) {
    this.#of = of;
    const shared = new Set<Budget>();
    for (const task of tasks) {
      const budgets = of(task);
      for (const budget of budgets) {
        this.#beyond.set(budget, (this.#beyond.get(budget) ?? 0) + 1);
        // Budgets that share a pod do not let it go at all: the API server does not either.
        if (budgets.length > 1) shared.add(budget);
      }
    }
    for (const [budget, drawn] of this.#beyond) {
      const beyond = shared.has(budget) ? Infinity : drawn - left(budget);
      if (beyond > 0) this.#beyond.set(budget, beyond);
      else this.#beyond.delete(budget);
    }
  }

  get isNone(): boolean {
    return this.#beyond.size === 0;
  }

  /** Keys of the budgets. */
  get keys(): readonly string[] {
    return Array.from(this.#beyond.keys(), ({ record }) => record.key).toSorted();
  }

  /** It would be less without the pod. */
  hangsOn(task: Task): boolean {
    return this.#of(task).some((budget) => this.#beyond.has(budget));
  }

  /** These of the pods stay. */
  giveBack(tasks: readonly Task[]): void {
    for (const budget of tasks.flatMap((task) => this.#of(task))) {
      const beyond = (this.#beyond.get(budget) ?? 0) - 1;
      if (beyond > 0) this.#beyond.set(budget, beyond);
      else this.#beyond.delete(budget);
    }
  }
}

/**
 * What the budget allows still. A pod counts as told until it is seen on its way out and the budget has said something else
 * since: by then what it allows has been told without the pod.
 */
function left({ record, told }: Budget): number {
  for (const [task, seen] of told) if (seen !== record && task.record.deleting) told.delete(task);
  return record.allowed - told.size;
}
