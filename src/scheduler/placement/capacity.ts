import type { Snapshot } from '../ledger/snapshot.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { FeatureViews } from './feature-views.ts';

interface Known {
  readonly nodesVersion: number;
  readonly featuresVersion: number;
  /** The empty cluster holds so many tasks of the class, or more. */
  readonly atLeast: number;
  /** All nodes were counted: it holds no more than that. */
  readonly isExact: boolean;
}

/** How many tasks of a class the cluster could hold if it were empty: what is more can never be placed as it is. */
export class Capacity {
  readonly #snapshot: Snapshot;
  readonly #views: FeatureViews;
  readonly #known = new WeakMap<TaskClass, Known>();

  constructor(snapshot: Snapshot, views: FeatureViews) {
    this.#snapshot = snapshot;
    this.#views = views;
  }

  /** True also while there is no node at all: then nothing is known. O(1), after a change of nodes O(nodes) at worst. */
  canHold(taskClass: TaskClass, needed: number): boolean {
    if (needed <= 0 || this.#snapshot.nodes.count === 0) return true;
    const known = this.#known.get(taskClass);
    if (known !== undefined && this.#isCurrent(known)) {
      if (known.atLeast >= needed) return true;
      if (known.isExact) return false;
    }
    return this.#count(taskClass, needed) >= needed;
  }

  #isCurrent({ nodesVersion, featuresVersion }: Known): boolean {
    return nodesVersion === this.#snapshot.allocatableVersion && featuresVersion === this.#snapshot.featuresVersion;
  }

  #count(taskClass: TaskClass, needed: number): number {
    const { nodes, allocatableVersion, featuresVersion } = this.#snapshot;
    const { mask } = this.#views.of(taskClass);
    let atLeast = 0;
    let node = 0;
    for (; node < nodes.count && atLeast < needed; node += 1) {
      if (mask.has(node)) atLeast += nodes.holdsWhenEmpty(node, taskClass);
    }
    const isExact = node === nodes.count;
    this.#known.set(taskClass, { nodesVersion: allocatableVersion, featuresVersion, atLeast, isExact });
    return atLeast;
  }
}
