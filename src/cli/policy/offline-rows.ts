import type { ResourceType } from '../../api/resources.ts';
import { projectWorkloadKind } from '../../api/projections/workload-kind.ts';
import type { WorkloadKindSpec } from '../../api/kinds/workload-kind.ts';
import { KnownKinds } from '../../engine/roots/known-kinds.ts';
import type { JsonObject } from '../../lib/json.ts';
import { rowsFor } from '../serve/admission-rows.ts';
import type { AdmissionRow } from '../../../webhooks/row.ts';
import type { VersionedKind } from '../../../webhooks/frameworks/versioned-kind.ts';
import { BUILT_IN_KINDS } from '../../../webhooks/frameworks/workload-kinds.ts';
import { versionsOf } from '../../../webhooks/frameworks/versioned-kind.ts';

/** The workload kinds of a cluster that serves all that are known, in all their versions. */
export interface OfflineKinds {
  readonly known: readonly WorkloadKindSpec[];
  readonly served: readonly VersionedKind[];
  readonly types: readonly ResourceType[];
  /** All rows of such a cluster. */
  readonly rows: readonly AdmissionRow[];
}

/** Those that Sluice brings, and those of WorkloadKind manifests, which come before one of the same name. */
export function offlineKinds(manifests: readonly JsonObject[]): OfflineKinds {
  const kinds = new KnownKinds(BUILT_IN_KINDS);
  const records = manifests.map(projectWorkloadKind).filter((record) => record !== undefined);
  kinds.apply([{ kind: 'replace', records }]);
  const known = kinds.all();
  const served = known.flatMap(versionsOf);
  return { known, served, types: served.map(({ type }) => type), rows: rowsFor(served, false) };
}

/** Those that are known without a manifest. */
export const BUILT_IN: OfflineKinds = offlineKinds([]);
