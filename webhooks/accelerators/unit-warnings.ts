import { deviceUnits } from '../../src/api/accelerators/device-units.ts';
import { unitClass } from '../../src/api/accelerators/unit-class.ts';
import { resourceUnit } from '../../src/api/amounts.ts';
import { formatUnits } from '../../src/lib/quantity.ts';
import type { ClusterView } from '../admission.ts';
import { queuesAbove } from '../room-warnings.ts';
import type { AskedRoom } from '../room-warnings.ts';

/** What queues count of one pod in the unit of all vendors. */
interface UnitWarnings {
  /** It is more than a queue may hold. */
  readonly never: readonly string[];
  /** Which part of a device a resource is nobody can tell. */
  readonly told: readonly string[];
}

/** Nothing where no queue names a unit. */
export function unitWarnings({ pod, queue }: AskedRoom, view: ClusterView): UnitWarnings {
  const never: string[] = [];
  const told: string[] = [];
  for (const { name, limit } of queuesAbove(queue, view)) {
    for (const [unit, most] of limit) {
      const deviceClass = unitClass(unit);
      if (deviceClass === undefined) continue;
      const { units, unknown } = deviceUnits(pod, deviceClass);
      for (const resource of unknown) told.push(`${resource} counts as whole devices in ${unit} of queue ${name}`);
      if (units <= most) continue;
      const [asked, allowed] = [units, most].map((amount) => formatUnits(amount, resourceUnit(unit)));
      never.push(`${unit}: a pod asks for ${asked} and queue ${name} may hold ${allowed}: it can never start`);
    }
  }
  return { never, told };
}
