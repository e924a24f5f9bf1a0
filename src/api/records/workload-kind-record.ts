import type { WorkloadKindSpec } from '../kinds/workload-kind.ts';

/** What Sluice keeps of a WorkloadKind (sluice.dev/v1alpha1). */
export interface WorkloadKindRecord {
  readonly name: string;
  readonly resourceVersion: string;
  readonly spec: WorkloadKindSpec;
}
