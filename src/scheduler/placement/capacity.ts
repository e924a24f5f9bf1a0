import type { Bitset } from '../../lib/bitset.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import { TaskClass } from '../model/task-class.ts';
import { PASSING } from './passing-taints.ts';
import { placesUnderRules } from './rule-limits.ts';
import type { FeatureViews } from './feature-views.ts';

interface Known {
  readonly nodesVersion: number;
  readonly featuresVersion: number;
  /** The empty cluster holds so many tasks of the class, or more. */
  readonly atLeast: number;
  /** All nodes were counted: it holds no more than that. */
  readonly isExact: boolean;
}

/**
 * How many tasks of a class the cluster could hold if it were empty and in good order: what is more can never be placed as
 * it is.
 */
export class Capacity {
  readonly #snapshot: Snapshot;
  readonly #views: FeatureViews;
  readonly #known = new WeakMap<TaskClass, Known>();

  constructor(snapshot: Snapshot, views: FeatureViews) {
    this.#snapshot = snapshot;
    this.#views = views;
  }

  /**
   * So many, but no more than `most`; that many also while there is no node at all: then nothing is known. O(1), after a
   * change of nodes O(nodes) at worst.
   */
  of(taskClass: TaskClass, most: number): number {
    if (most <= 0 || this.#snapshot.nodes.count === 0) return most;
    const known = this.#known.get(taskClass);
    const isKnown = known !== undefined && this.#isCurrent(known) && (known.atLeast >= most || known.isExact);
    return Math.min(most, isKnown ? known.atLeast : this.#count(taskClass, most));
  }

  /** Nodes that the class may use once they are in good order. */
  nodesFor(taskClass: TaskClass): Bitset {
    return this.#views.of(patient(taskClass, this.#snapshot.resources)).mask;
  }

  #isCurrent({ nodesVersion, featuresVersion }: Known): boolean {
    return nodesVersion === this.#snapshot.allocatableVersion && featuresVersion === this.#snapshot.featuresVersion;
  }

  #count(taskClass: TaskClass, needed: number): number {
    const { nodes, allocatableVersion, featuresVersion } = this.#snapshot;
    const isTooLarge = taskClass.resources.some((r, i) => (taskClass.amounts[i] ?? 0) > nodes.largest(r));
    if (isTooLarge) {
      this.#known.set(taskClass, { nodesVersion: allocatableVersion, featuresVersion, atLeast: 0, isExact: true });
      return 0;
    }
    const mask = this.nodesFor(taskClass);
    const counts = this.#snapshot.podRules.of(taskClass);
    if (taskClass.shape.rules !== undefined && counts !== undefined) {
      const rooms = nodes.records.map((_, node) => (mask.has(node) ? nodes.holdsWhenEmpty(node, taskClass) : 0));
      const places = placesUnderRules(taskClass.shape.rules, counts, rooms);
      this.#known.set(taskClass, { nodesVersion: allocatableVersion, featuresVersion, atLeast: places, isExact: true });
      return places;
    }
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

/** The same class, if it could bear what passes. */
function patient({ shape }: TaskClass, resources: ResourceTable): TaskClass {
  return new TaskClass({ ...shape, tolerations: [...shape.tolerations, ...PASSING] }, resources);
}
