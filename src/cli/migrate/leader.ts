import { LEASES } from '../../api/resources.ts';
import { numberAt, stringAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { Look } from '../cluster/look.ts';
import type { Read } from '../doctor/facts.ts';

const LEASE = 'sluice';

/** Sluice's Lease in each of the namespaces. */
export function observeLeases(
  look: Look,
  namespaces: readonly string[],
): Promise<readonly Read<JsonObject | undefined>[]> {
  return Promise.all([...new Set(namespaces)].map((namespace) => look.object(LEASES, LEASE, namespace)));
}

/** Why Volcano's scheduler may not start: a Sluice that leads, or may, would place the same pods; empty when none does. */
export function whoLeads(leases: readonly Read<JsonObject | undefined>[], nowMs: number): string {
  for (const lease of leases) {
    if (lease.kind === 'unread') return `whether Sluice leads cannot be seen: ${lease.why}`;
    const holder = stringAt(lease.value, ['spec', 'holderIdentity']);
    const renewedMs = Date.parse(stringAt(lease.value, ['spec', 'renewTime']));
    const durationMs = numberAt(lease.value, ['spec', 'leaseDurationSeconds'], 0) * 1000;
    // A clock that is behind sees a Lease of the future: somebody leads.
    if (holder !== '' && nowMs - renewedMs <= durationMs)
      return `${holder} leads as Sluice, and would place the same pods: stop sluice serve first`;
  }
  return '';
}
