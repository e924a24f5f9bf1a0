import { REGISTRY } from '../../webhooks/registry.ts';
import { workloadRows } from '../../webhooks/roots/rows.ts';
import type { VersionedKind } from '../../webhooks/roots/rows.ts';
import type { AdmissionRow } from '../../webhooks/row.ts';

/** Every row for a cluster that serves these workload kinds. */
export function rowsFor(kinds: readonly VersionedKind[]): readonly AdmissionRow[] {
  return [...REGISTRY, ...workloadRows(kinds)];
}
