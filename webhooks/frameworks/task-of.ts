import type { GroupPlan } from '../../src/api/group-plan.ts';
import type { WorkloadKindSpec } from '../../src/api/kinds/workload-kind.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { roleByLabels } from './workload-kinds.ts';

/** What tells the role of a pod. */
interface RoleSource {
  readonly plan: GroupPlan;
  /** The kind that the plan was made for. */
  readonly spec: WorkloadKindSpec | undefined;
}

/** The role of a pod, or of the pods of a template, in a planned group: by its labels, else as it is named, else the only one. */
export function taskOf({ plan, spec }: RoleSource, labels: JsonObject, named: string): string {
  const byLabels = spec === undefined ? '' : roleByLabels(spec, labels, plan.tasks);
  const known = [byLabels, named].find((role) => plan.tasks.some(({ name }) => name === role));
  const [first, ...others] = plan.tasks;
  return known ?? (first !== undefined && others.length === 0 ? first.name : byLabels || named);
}
