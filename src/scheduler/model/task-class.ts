import type { ResourceAmounts, SchedulingShape } from '../../api/records/scheduling-shape.ts';
import { PODS_IX } from './resource-table.ts';
import type { ResourceTable } from './resource-table.ts';

/** Amounts by index of the resource table, in two arrays of equal length: a walk over them makes no garbage. */
export interface IndexedAmounts {
  readonly resources: readonly number[];
  readonly amounts: readonly number[];
}

/** Amounts by index, of a class or of what is asked beside one. */
export interface Needs {
  readonly resources: ArrayLike<number>;
  readonly amounts: ArrayLike<number>;
}

/** Equal pods: one answer of a plugin serves them all. */
export class TaskClass {
  readonly shape: SchedulingShape;
  /** Indices of the requested resources, with `amounts` beside them; every amount is above zero. */
  readonly resources: Int32Array;
  readonly amounts: Float64Array;
  /** Asks for nothing but a pod slot. */
  readonly isBestEffort: boolean;
  /** Equal for classes that differ only in what they ask for: those may use and prefer the same nodes. */
  readonly featureKey: string;
  #minimum: IndexedAmounts | undefined;
  #minimumWithSlot: IndexedAmounts | undefined;
  /** What some group of one asked for that is what a task takes: alike groups share it, and are asked one after the other. */
  #lastEqual: ResourceAmounts | undefined;
  /** How many tasks refer to the class; the snapshot drops it at zero. */
  references = 0;

  constructor(shape: SchedulingShape, table: ResourceTable) {
    this.shape = shape;
    const wanted = [...shape.requests].filter(([, amount]) => amount > 0);
    this.resources = Int32Array.from(wanted, ([name]) => table.intern(name));
    this.amounts = Float64Array.from(wanted, ([name, amount]) => table.counted(table.intern(name), amount));
    this.isBestEffort = wanted.every(([name]) => name === 'pods');
    this.featureKey = featureKey(shape);
  }

  /** What one task takes, as the minimum of a group of one: all those groups share it. */
  minimum(withSlot: boolean): IndexedAmounts {
    if (withSlot) return (this.#minimumWithSlot ??= this.#amounts(() => true));
    return (this.#minimum ??= this.#amounts((r) => r !== PODS_IX));
  }

  /** Whether the amounts are what a task of the class takes, with or without its pod slot. Allocates nothing: each new group is asked. */
  isAskedBy(minimum: ResourceAmounts, table: ResourceTable): boolean {
    if (minimum === this.#lastEqual) return true;
    const { resources, amounts } = this;
    let covered = 0;
    for (let i = 0; i < resources.length; i += 1) {
      const r = resources[i] ?? 0;
      const asked = minimum.get(table.name(r));
      if (asked === undefined && r === PODS_IX) continue;
      if (asked !== amounts[i]) return false;
      covered += 1;
    }
    if (covered !== minimum.size) return false;
    this.#lastEqual = minimum;
    return true;
  }

  #amounts(isWanted: (resource: number) => boolean): IndexedAmounts {
    const resources = [...this.resources].filter(isWanted);
    return { resources, amounts: resources.map((r) => this.amountOf(r)) };
  }

  /** What it asks for of the resource. */
  amountOf(resource: number): number {
    const at = this.resources.indexOf(resource);
    return at < 0 ? 0 : (this.amounts[at] ?? 0);
  }
}

function featureKey(shape: SchedulingShape): string {
  const { nodeSelector, requiredTerms, preferredTerms, tolerations, isRevocable, needs } = shape;
  return JSON.stringify([[...nodeSelector], requiredTerms ?? null, preferredTerms, tolerations, isRevocable, needs]);
}
