import { GROUP_NAME_ANNOTATION, QUEUE_NAME_ANNOTATION, TASK_SPEC_KEY } from '../../../src/api/keys.ts';
import { POD_GROUPS, PODS } from '../../../src/api/resources.ts';
import { numberAt, objectAt, stringAt } from '../../../src/lib/json.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { History } from '../../e2e/support/history.ts';

/** A group of a namespace, as the API server has it. */
export interface ObservedGroup {
  readonly name: string;
  readonly minMember: number;
  readonly minima: Readonly<Record<string, number>>;
  readonly queue: string;
  /** Its pods that live, by role. */
  readonly pods: Readonly<Record<string, number>>;
  readonly bound: number;
  /** Queues that its pods name. */
  readonly podQueues: readonly string[];
}

/** The groups of a namespace, and under the empty name the pods that are in none. */
export function observedGroups(history: History, namespace: string): readonly ObservedGroup[] {
  const pods = history.all(PODS).filter((pod) => isIn(pod, namespace) && !isGoing(pod));
  const groups = history.all(POD_GROUPS).filter((group) => isIn(group, namespace) && !isGoing(group));
  const known = groups.map((group) =>
    observed(
      group,
      pods.filter((pod) => groupOf(pod) === nameOf(group)),
    ),
  );
  const names = new Set(groups.map(nameOf));
  const strays = pods.filter((pod) => !names.has(groupOf(pod)));
  return strays.length === 0 ? known : [...known, observed({}, strays)];
}

function observed(group: JsonObject, pods: readonly JsonObject[]): ObservedGroup {
  const roles = pods.map((pod) => stringAt(pod, ['metadata', 'labels', TASK_SPEC_KEY]));
  const queues = pods.map((pod) => stringAt(pod, ['metadata', 'annotations', QUEUE_NAME_ANNOTATION]));
  return {
    name: nameOf(group),
    minMember: numberAt(group, ['spec', 'minMember'], 0),
    minima: objectAt(group, 'spec', 'minTaskMember') as Readonly<Record<string, number>>,
    queue: stringAt(group, ['spec', 'queue']),
    pods: Object.fromEntries(
      [...new Set(roles)].toSorted().map((role) => [role, roles.filter((each) => each === role).length]),
    ),
    bound: pods.filter((pod) => stringAt(pod, ['spec', 'nodeName']) !== '').length,
    podQueues: [...new Set(queues)],
  };
}

function isIn(object: JsonObject, namespace: string): boolean {
  return stringAt(object, ['metadata', 'namespace']) === namespace;
}

function isGoing(object: JsonObject): boolean {
  return stringAt(object, ['metadata', 'deletionTimestamp']) !== '';
}

function nameOf(object: JsonObject): string {
  return stringAt(object, ['metadata', 'name']);
}

function groupOf(pod: JsonObject): string {
  return stringAt(pod, ['metadata', 'annotations', GROUP_NAME_ANNOTATION]);
}
