import type { WorkloadKindSpec } from '../../api/kinds/workload-kind.ts';
import { REGISTRY } from '../../../webhooks/registry.ts';
import { versionsOf } from '../../../webhooks/frameworks/versioned-kind.ts';
import { workloadRows } from '../../../webhooks/roots/rows.ts';
import type { VersionedKind } from '../../../webhooks/frameworks/versioned-kind.ts';
import { VOLCANO_ROWS } from '../../../webhooks/volcano/rows.ts';
import type { AdmissionRow } from '../../../webhooks/row.ts';

/**
 * Every row that is answered: those of kinds that are not served as well, since of several processes another one may have learned
 * first that they are.
 */
export function answeredRows(known: readonly WorkloadKindSpec[], isCompatible: boolean): readonly AdmissionRow[] {
  return rowsFor(known.flatMap(versionsOf), isCompatible);
}

/** Every row for a cluster that serves these workload kinds; in compatibility mode those that only Volcano has come first. */
export function rowsFor(kinds: readonly VersionedKind[], isCompatible: boolean): readonly AdmissionRow[] {
  return [...(isCompatible ? VOLCANO_ROWS : []), ...REGISTRY, ...workloadRows(kinds)];
}
