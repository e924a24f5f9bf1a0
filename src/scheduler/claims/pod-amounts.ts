import { askedUnits } from '../../api/accelerators/asked-units.ts';
import type { IndexedAmounts, TaskClass } from '../model/task-class.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import type { ExtendedResources } from '../../api/devices/extended-resources.ts';
import type { CountedNames } from './counted-names.ts';

export const NOTHING: IndexedAmounts = { resources: [], amounts: [] };

/**
 * What a pod of the class asks of nodes, in the units that queues name, and under other names of the classes that serve it: whether its node
 * publishes the resource or gives devices in its place, the pod has the same.
 */
export function podAmounts(
  { shape }: TaskClass,
  { units, byClass }: CountedNames,
  served: ExtendedResources,
  table: ResourceTable,
): IndexedAmounts {
  const sums = new Map<number, number>();
  for (const { r, unit } of units) {
    const found = askedUnits(shape, unit).units;
    if (found > 0) sums.set(r, found);
  }
  for (const [name, amount] of byClass.size === 0 ? NO_REQUESTS : shape.requests) {
    for (const r of byClass.get(served.get(name) ?? '') ?? []) {
      if (table.name(r) !== name) sums.set(r, (sums.get(r) ?? 0) + amount);
    }
  }
  return sums.size === 0 ? NOTHING : { resources: [...sums.keys()], amounts: [...sums.values()] };
}

const NO_REQUESTS: ReadonlyMap<string, number> = new Map();
