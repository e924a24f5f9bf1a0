import type { NodeKind } from '../../../../webhooks/accelerators/inventory.ts';
import { CLAIM_OFFERS } from '../../../api/accelerators/catalogue/claim-offers.ts';
import type { VendorClaim } from '../../../api/accelerators/catalogue/claim-offers.ts';
import type { DeviceRecord, SliceRecord } from '../../../api/records/device-records.ts';
import type { Pool } from '../../../scheduler/claims/pool-table.ts';

/** Billionths in a MiB. */
const MIB = 1024n * 1024n * 1_000_000_000n;

/**
 * Which devices drivers of the catalogue tell in ResourceSlices: for each node an entry for each kind of its devices. A pool
 * that is being told anew counts with what it has so far: nobody is refused for that moment. O(devices x classes).
 */
export function claimedDevices(pools: Iterable<Pool>): readonly Omit<NodeKind, 'nodes'>[] {
  const counts = new Map<string, { amount: number } & Kind>();
  for (const pool of pools) {
    const offers = CLAIM_OFFERS.filter(({ claim }) => claim.driver === pool.driver);
    if (offers.length === 0) continue;
    for (const slice of pool.slices) {
      for (const device of slice.devices) {
        for (const offer of offers) count(counts, placeOf(slice, device, pool), kindOf(offer, device));
      }
    }
  }
  return [...counts.values()].map(({ resource, labels, amount }) => ({
    resources: new Map([[resource, amount]]),
    labels: new Map(labels),
  }));
}

interface Kind {
  readonly resource: string;
  readonly labels: readonly (readonly [string, string])[];
}

function count(counts: Map<string, { amount: number } & Kind>, place: string, kind: Kind | undefined): void {
  if (kind === undefined) return;
  const key = JSON.stringify([place, kind.resource, kind.labels]);
  const known = counts.get(key);
  if (known === undefined) counts.set(key, { ...kind, amount: 1 });
  else known.amount += 1;
}

/** What several nodes reach counts as what one of them has. */
function placeOf({ reach }: SliceRecord, device: DeviceRecord, pool: Pool): string {
  const where = reach ?? device.reach;
  return where?.kind === 'node' ? `node ${where.node}` : `pool ${pool.key}`;
}

/** Undefined for a device of another kind. */
function kindOf({ offer, claim }: VendorClaim, device: DeviceRecord): Kind | undefined {
  const { driver, kind, model, memory, profile } = claim;
  const told = (name: string | undefined): string => {
    const attribute = name === undefined ? undefined : device.attributes.get(`${driver}/${name}`);
    return attribute?.kind === 'string' ? attribute.value : '';
  };
  if (kind !== undefined && told(kind.attribute) !== kind.value) return undefined;
  const slice = told(profile);
  if (profile !== undefined && slice === '') return undefined;
  const product = told(model);
  const mib = memory === undefined ? 0n : (device.capacity.get(memory)?.value ?? 0n) / MIB;
  return {
    resource: offer.resource.replace('*', slice.replaceAll('+', '.')),
    labels: [
      ...(product === '' ? [] : ([[`${driver}/${model}`, product]] as const)),
      ...(mib === 0n ? [] : ([[`${driver}/${memory}`, String(mib)]] as const)),
    ],
  };
}
