import { GROUP_PLAN_ANNOTATION } from '../src/api/keys.ts';
import { parseGroupPlan } from '../src/api/group-plan.ts';
import type { GroupPlan } from '../src/api/group-plan.ts';
import { stringAt } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from './admission.ts';
import { isPlannedName, plannedName } from './group-name.ts';

/** The plan in an object's annotations, ours or copied; undefined when there is none or somebody edited it into something else. */
export function planOf(annotations: JsonObject): GroupPlan | undefined {
  return parseGroupPlan(stringAt(annotations, [GROUP_PLAN_ANNOTATION]));
}

/** What a plan is made for: the object's name, or its generateName while it has none. */
export function rootName(request: AdmissionRequest, object: JsonObject): string {
  const name = stringAt(object, ['metadata', 'name'], request.name);
  return name === '' ? stringAt(object, ['metadata', 'generateName']) : name;
}

/**
 * The name of the group to plan for a new root object: the one of its plan when this very creation was mutated before
 * (reinvocation), else a new one. A copied manifest brings the plan of another root, or one whose group exists already.
 */
export function groupNameFor(
  request: AdmissionRequest,
  root: string,
  plan: GroupPlan | undefined,
  view: ClusterView,
): string {
  const isOwn = plan !== undefined && plan.root === root && isPlannedName(root, plan.group);
  const isFresh = isOwn && view.group(request.namespace, plan.group) === undefined;
  return isFresh ? plan.group : plannedName(root, request.uid);
}
