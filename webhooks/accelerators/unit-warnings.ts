import { askedUnits } from '../../src/api/accelerators/asked-units.ts';
import { deviceUnit, mostMemory } from '../../src/api/accelerators/unit-class.ts';
import type { DeviceUnit } from '../../src/api/accelerators/unit-class.ts';
import { resourceUnit } from '../../src/api/amounts.ts';
import { formatUnits } from '../../src/lib/quantity.ts';
import type { ClusterView } from '../admission.ts';
import { queuesAbove } from '../room-warnings.ts';
import type { AskedRoom } from '../room-warnings.ts';

/** What queues count of one pod in the units of all vendors. */
interface UnitWarnings {
  /** It is more than a queue may hold. */
  readonly never: readonly string[];
  /** Which part of a device a resource is, or how much memory it has, nobody can tell. */
  readonly told: readonly string[];
}

/** Nothing where no queue names a unit. Memory hangs on where a pod may go: nothing is said of it where that differs from pod to pod. */
export function unitWarnings({ pod, nodes, queue }: AskedRoom, view: ClusterView): UnitWarnings {
  const never: string[] = [];
  const told: string[] = [];
  for (const { name, limit } of queuesAbove(queue, view)) {
    for (const [unit, most] of limit) {
      const counted = deviceUnit(unit);
      if (counted === undefined || (counted.measure === 'memory' && nodes === undefined)) continue;
      const { units, unknown } = askedUnits({ ...(nodes ?? ANYWHERE), requests: pod }, counted);
      for (const resource of unknown) told.push(countedAs(resource, counted, `${unit} of queue ${name}`));
      if (units <= most) continue;
      const [asked, allowed] = [units, most].map((amount) => formatUnits(amount, resourceUnit(unit)));
      never.push(`${unit}: a pod asks for ${asked} and queue ${name} may hold ${allowed}: it can never start`);
    }
  }
  return { never, told };
}

const ANYWHERE = { nodeSelector: new Map<string, string>(), requiredTerms: undefined };

function countedAs(resource: string, { deviceClass, measure }: DeviceUnit, where: string): string {
  if (measure === 'devices') return `${resource} counts as whole devices in ${where}`;
  return `${resource} counts as ${mostMemory(deviceClass) / 1024}Gi each in ${where}: its nodes are of no one model`;
}
