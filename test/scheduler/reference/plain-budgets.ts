import type { DisruptionBudgetRecord } from '../../../src/api/records/disruption-budget-record.ts';
import { labelValue } from '../../../src/api/records/label-selector.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { PlainWorld } from './plain-world.ts';

/** What disruption budgets let go (0037). */
export class PlainBudgets {
  readonly #world: PlainWorld;

  constructor(world: PlainWorld) {
    this.#world = world;
  }

  /** Those that the API server would ask; of a pod that has not begun to run it asks none. */
  #of({ phase, labels }: PodRecord): readonly DisruptionBudgetRecord[] {
    if (phase === 'Pending') return [];
    return [...this.#world.records.budgets.values()].filter(({ selector }) =>
      selector?.every(({ key, values }) => values.includes(labelValue(labels, key) ?? '')),
    );
  }

  /** A pod counts as told until it is on its way out and the budget has said something since. */
  #left(budget: DisruptionBudgetRecord): number {
    const { memory, records, evicted } = this.#world;
    const before = [...(memory.told.get(budget.key) ?? [])].filter(([uid, seen]) => {
      const pod = records.pods.get(uid);
      return pod !== undefined && (seen === budget || !pod.deleting);
    });
    const now = evicted.flatMap((uid) => records.pods.get(uid) ?? []).filter((pod) => this.#of(pod).includes(budget));
    return budget.allowed - before.length - now.length;
  }

  /** Some pod of it may go; one of two budgets never does. */
  allows(pod: PodRecord): boolean {
    const budgets = this.#of(pod);
    return budgets.length === 0 || (budgets.length === 1 && budgets.every((budget) => this.#left(budget) > 0));
  }

  /** Those of the pods whose budgets do not let all of them go at once. */
  overdrawing(pods: readonly PodRecord[]): readonly PodRecord[] {
    return pods.filter((pod) => {
      const budgets = this.#of(pod);
      const isOver = (budget: DisruptionBudgetRecord): boolean =>
        pods.filter((each) => this.#of(each).includes(budget)).length > this.#left(budget);
      return budgets.length > 1 || budgets.some(isOver);
    });
  }

  /** The turn is over: what was told to go counts in those to come. */
  note(): void {
    const { evicted, memory, records } = this.#world;
    for (const pod of evicted.flatMap((uid) => records.pods.get(uid) ?? [])) {
      for (const budget of this.#of(pod)) {
        const told = memory.told.get(budget.key) ?? new Map<string, DisruptionBudgetRecord>();
        memory.told.set(budget.key, told.set(pod.uid, budget));
      }
    }
  }
}
