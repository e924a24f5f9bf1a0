import type {
  AllocatedDevice,
  DeviceAllocation,
  DeviceAsk,
  DeviceClaimRecord,
  DeviceRequestRecord,
} from '../../api/records/device-records.ts';

/** Most devices that one allocation may have, as the API says. */
const MOST_DEVICES = 32;

/** Devices of a class; each undefined while it is not chosen. */
type Devices = readonly (AllocatedDevice | undefined)[];

/**
 * Devices that the claim takes, by DeviceClass: those that it has, or is promised; before, as many as it could come to, as Kubernetes'
 * own quotas count. Admin access takes none.
 */
export function deviceCounts(
  claim: DeviceClaimRecord,
  allocation: DeviceAllocation | undefined,
): ReadonlyMap<string, Devices> {
  const counts = new Map<string, (AllocatedDevice | undefined)[]>();
  if (allocation === undefined) {
    for (const request of claim.requests) {
      for (const [name, most] of mostOf(request)) add(counts, name, ...Array.from({ length: most }, () => undefined));
    }
    return counts;
  }
  const asks = new Map(claim.requests.flatMap(namedAsks));
  for (const device of allocation.devices) {
    const className = asks.get(device.request)?.className;
    if (className !== undefined && !device.adminAccess) add(counts, className, device);
  }
  return counts;
}

/** Of each class the largest alternative: which one is taken is not known. */
function mostOf({ asks }: DeviceRequestRecord): ReadonlyMap<string, number> {
  const most = new Map<string, number>();
  for (const { className, mode, count, adminAccess } of asks) {
    if (adminAccess) continue;
    most.set(className, Math.max(most.get(className) ?? 0, mode === 'All' ? MOST_DEVICES : count));
  }
  return most;
}

function namedAsks({ name, asks }: DeviceRequestRecord): readonly (readonly [string, DeviceAsk])[] {
  return asks.map((ask) => [ask.name === '' ? name : `${name}/${ask.name}`, ask]);
}

function add<T>(lists: Map<string, T[]>, name: string, ...more: readonly T[]): void {
  const known = lists.get(name);
  if (known === undefined) lists.set(name, [...more]);
  else known.push(...more);
}
