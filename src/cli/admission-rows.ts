import type { KnownKind, ServedKind } from '../engine/roots/served-kinds.ts';
import { REGISTRY } from '../../webhooks/registry.ts';
import type { AdmissionRow } from '../../webhooks/row.ts';

/** Every row for a cluster that serves these workload kinds. */
export function rowsFor(_kinds: readonly ServedKind<KnownKind>[]): readonly AdmissionRow[] {
  return REGISTRY;
}
