import type { WorkloadKindSpec } from '../../src/api/workload-kind.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { roleName } from '../stamp.ts';
import { JOB_SETS } from './kinds/jobset.ts';
import { KUBEFLOW } from './kinds/kubeflow.ts';
import { LEADER_WORKER_SETS } from './kinds/leader-worker-set.ts';
import { RAY } from './kinds/ray.ts';

/** The kinds that are known without a manifest; one file a family. */
export const BUILT_IN_KINDS: readonly WorkloadKindSpec[] = Object.freeze([
  ...KUBEFLOW,
  ...JOB_SETS,
  ...LEADER_WORKER_SETS,
  ...RAY,
]);

/** Finds the description of a kind by the `apiVersion` and `kind` of an object of it; of whatever version. */
export type FindKind = (apiVersion: string, kind: string) => WorkloadKindSpec | undefined;

/** Finds among these; O(1) a question. */
export function kindFinder(specs: readonly WorkloadKindSpec[]): FindKind {
  const byKind = new Map(specs.map((spec) => [`${spec.group}/${spec.kind}`, spec]));
  return (apiVersion, kind) => {
    const slash = apiVersion.indexOf('/');
    return slash < 0 ? undefined : byKind.get(`${apiVersion.slice(0, slash)}/${kind}`);
  };
}

/** The role of a pod or of a template of pods by its labels; empty when they do not tell. */
export function roleByLabels({ pods }: WorkloadKindSpec, labels: JsonObject): string {
  if (pods === undefined) return '';
  for (const label of pods.roleLabels) {
    const value = stringAt(labels, [label]);
    if (value !== '') return stringAt(pods.roles, [value]) || (pods.otherwise ?? roleName(value));
  }
  return pods.otherwise ?? '';
}
