import { deviceUnits } from '../../api/accelerators/device-units.ts';
import type { IndexedAmounts, TaskClass } from '../model/task-class.ts';
import type { UnitColumn } from './counted-names.ts';

export const NOTHING: IndexedAmounts = { resources: [], amounts: [] };

/** What a pod of the class asks of nodes, in the units that queues name. */
export function podAmounts({ shape }: TaskClass, columns: readonly UnitColumn[]): IndexedAmounts {
  const found = columns.flatMap(({ r, deviceClass }) => {
    const { units } = deviceUnits(shape.requests, deviceClass);
    return units > 0 ? [{ r, units }] : [];
  });
  if (found.length === 0) return NOTHING;
  return { resources: found.map(({ r }) => r), amounts: found.map(({ units }) => units) };
}
