import { isJsonObject, member } from '../../lib/json.ts';
import { validateWorkloadKind } from '../validate.ts';
import type { WorkloadKind } from '../kinds/workload-kind.ts';
import type { WorkloadKindRecord } from '../records/workload-kind-record.ts';
import { readMetadata } from './metadata.ts';

/** The record of a WorkloadKind; undefined for one that no schema of ours would have let in, or that has another kind's name. */
export function projectWorkloadKind(raw: unknown): WorkloadKindRecord | undefined {
  const { name, resourceVersion } = readMetadata(raw);
  if (!isJsonObject(raw) || member(raw, 'spec') === undefined || validateWorkloadKind(raw).length > 0) return undefined;
  // What its schema has nothing against is of its type.
  const { spec } = raw as unknown as WorkloadKind;
  return name === `${spec.resource}.${spec.group}` ? { name, resourceVersion, spec } : undefined;
}
