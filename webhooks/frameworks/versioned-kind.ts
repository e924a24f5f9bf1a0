import type { ResourceType } from '../../src/api/resources.ts';
import type { WorkloadKindSpec } from '../../src/api/kinds/workload-kind.ts';

/** A workload kind in a version that the cluster serves. */
export interface VersionedKind {
  readonly type: ResourceType;
  readonly spec: WorkloadKindSpec;
}

/** The kind in each of its versions, the preferred one first. */
export function versionsOf(spec: WorkloadKindSpec): readonly VersionedKind[] {
  const { group, versions, resource: plural, kind } = spec;
  return versions.map((version) => ({ type: { group, version, plural, kind, namespaced: true }, spec }));
}
