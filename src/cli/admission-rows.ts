import { preferredType } from '../engine/roots/served-kinds.ts';
import type { WorkloadKindSpec } from '../api/workload-kind.ts';
import { REGISTRY } from '../../webhooks/registry.ts';
import type { AdmissionRow } from '../../webhooks/row.ts';
import type { ServedWorkload } from './worker-link.ts';

/** Every row for a cluster that serves these workload kinds. */
export function rowsFor(_served: readonly ServedWorkload[]): readonly AdmissionRow[] {
  return REGISTRY;
}

/**
 * Every row that is answered: those of kinds that are not served as well, since of several processes another one may have learned
 * first that they are.
 */
export function answeredRows(
  known: readonly WorkloadKindSpec[],
  served: readonly ServedWorkload[],
): readonly AdmissionRow[] {
  const types = new Map(served.map(({ known: spec, type }) => [spec, type]));
  return rowsFor(known.map((spec) => ({ known: spec, type: types.get(spec) ?? preferredType(spec) })));
}
