import { deviceUnit } from '../../api/accelerators/unit-class.ts';
import type { DeviceUnit } from '../../api/accelerators/unit-class.ts';
import { countedClass } from '../../api/devices/counted-class.ts';
import type { Queue } from '../model/queue.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import type { DeviceFacts } from './device-facts.ts';

/** The name of devices of all vendors in one unit. */
export interface UnitColumn {
  readonly r: number;
  readonly unit: DeviceUnit;
}

/** Names in the amounts of queues that stand for devices, by their indices. */
export interface CountedNames {
  /** Under which of them the devices of a claimed class count, one each. */
  readonly byClass: ReadonlyMap<string, readonly number[]>;
  readonly units: readonly UnitColumn[];
  readonly all: readonly number[];
}

export const NOTHING_COUNTED: CountedNames = { byClass: new Map(), units: [], all: [] };

/** O(names of all queues x classes). */
export function countedNames(queues: Iterable<Queue>, resources: ResourceTable, facts: DeviceFacts): CountedNames {
  const byClass = new Map<string, number[]>();
  const units: UnitColumn[] = [];
  const names = new Set<string>();
  for (const { record } of queues) {
    for (const list of [record.capability, record.guarantee, record.deserved]) {
      for (const name of list?.keys() ?? []) names.add(name);
    }
  }
  for (const name of names) {
    const unit = deviceUnit(name);
    if (unit !== undefined) units.push({ r: resources.intern(name), unit });
    const own = countedClass(name);
    for (const each of own === undefined ? facts.classesNaming(name) : [own]) {
      byClass.set(each, [...(byClass.get(each) ?? []), resources.intern(name)]);
    }
  }
  return { byClass, units, all: [...new Set([...[...byClass.values()].flat(), ...units.map(({ r }) => r)])] };
}
