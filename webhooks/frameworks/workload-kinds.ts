import type { PlannedTask } from '../../src/api/group-plan.ts';
import type { WorkloadKindSpec } from '../../src/api/kinds/workload-kind.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { roleName } from '../stamp.ts';
import { AZURE } from './kinds/azure.ts';
import { DASK } from './kinds/dask.ts';
import { FLINK } from './kinds/flink.ts';
import { GROVE } from './kinds/grove.ts';
import { JOB_SETS } from './kinds/jobset.ts';
import { KNATIVE } from './kinds/knative.ts';
import { KUBEFLOW } from './kinds/kubeflow.ts';
import { LEADER_WORKER_SETS } from './kinds/leader-worker-set.ts';
import { NATIVE } from './kinds/native.ts';
import { RAY } from './kinds/ray.ts';
import { SPARK_OPERATOR } from './kinds/spark-operator.ts';
import { STEPS } from './kinds/steps.ts';

/** The kinds that are known without a manifest; one file a family. */
export const BUILT_IN_KINDS: readonly WorkloadKindSpec[] = Object.freeze([
  ...KUBEFLOW,
  ...JOB_SETS,
  ...LEADER_WORKER_SETS,
  ...RAY,
  ...SPARK_OPERATOR,
  ...DASK,
  ...FLINK,
  ...GROVE,
  ...AZURE,
  ...NATIVE,
  ...KNATIVE,
  ...STEPS,
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
export function roleByLabels({ pods }: WorkloadKindSpec, labels: JsonObject, known: readonly PlannedTask[]): string {
  if (pods === undefined) return '';
  if (pods.isEnd === true) return roleAtEnd(pods.roleLabels, labels, known) || (pods.otherwise ?? '');
  for (const label of pods.roleLabels) {
    const value = stringAt(labels, [label]);
    if (value !== '') return stringAt(pods.roles, [value]) || (pods.otherwise ?? roleName(value));
  }
  return pods.otherwise ?? '';
}

/** The longest of the known roles that a value ends in. */
function roleAtEnd(roleLabels: readonly string[], labels: JsonObject, known: readonly PlannedTask[]): string {
  const values = roleLabels.map((label) => stringAt(labels, [label]));
  const found = known.map(({ name }) => name).filter((name) => values.some((value) => value.endsWith(`-${name}`)));
  return found.reduce((longest, name) => (name.length > longest.length ? name : longest), '');
}
