import { parseBindPlan, uidToken } from '../../src/api/bind-plan.ts';
import { BIND_PLAN_ANNOTATION, GROUP_NAME_ANNOTATION, TASK_SPEC_KEY } from '../../src/api/keys.ts';
import { arrayAt, numberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { isDeleting, keyOf } from './fake-api.ts';
import type { FakeApi } from './fake-api.ts';
import { PART_LABEL } from './sub-groups.ts';

/** Looks at the server alone and collects what must never be: it knows nothing of the loop. Pods ask for one CPU each. */
export class GangJudge {
  readonly complaints: string[] = [];
  readonly #api: FakeApi;

  constructor(api: FakeApi) {
    this.#api = api;
    api.onBinding = (pod, node) => this.#judgeBinding(pod, node);
  }

  /** What is wrong once everything has come to rest. */
  atRest(): string[] {
    const wrong: string[] = [];
    for (const group of this.#api.list('podgroups')) {
      const key = keyOf(group);
      if (planText(group) !== '') wrong.push(`${key} still has a plan`);
      const bound = this.#bound(key);
      const minMember = numberAt(group, ['spec', 'minMember'], 0);
      if (bound.length === 0) continue;
      if (bound.length < minMember) wrong.push(`${bound.length} of ${minMember} members of ${key} are bound`);
      wrong.push(...tornParts(group, bound));
      for (const role of Object.keys(objectAt(group, 'spec', 'minTaskMember'))) {
        const min = numberAt(group, ['spec', 'minTaskMember', role], 0);
        const count = bound.filter((pod) => stringAt(pod, ['metadata', 'annotations', TASK_SPEC_KEY]) === role).length;
        if (count < min) wrong.push(`${count} of ${min} members of ${key} are bound that are ${role}`);
      }
    }
    return [...this.complaints, ...wrong];
  }

  #judgeBinding(pod: JsonObject, node: string): void {
    const room = numberAt({ cpus: Number(this.#cpus(node)) }, ['cpus'], 0);
    const used = this.#api.list('pods').filter((other) => stringAt(other, ['spec', 'nodeName']) === node).length;
    if (used + 1 > room) this.complaints.push(`${node} holds ${used + 1} of ${room} cpus`);
    const key = `ns/${stringAt(pod, ['metadata', 'annotations', GROUP_NAME_ANNOTATION])}`;
    const group = this.#api.get('podgroups', key);
    const minMember = numberAt(group, ['spec', 'minMember'], 0);
    if (group === undefined || minMember <= 1 || this.#bound(key).length >= minMember) return;
    const token = uidToken(stringAt(pod, ['metadata', 'uid']));
    const planned = parseBindPlan(planText(group))?.binds.find((bind) => bind.token === token);
    if (planned?.node !== node) this.complaints.push(`${keyOf(pod)} was bound to ${node} without a plan that says so`);
  }

  #bound(groupKey: string): readonly JsonObject[] {
    return this.#api.list('pods').filter((pod) => {
      const group = `ns/${stringAt(pod, ['metadata', 'annotations', GROUP_NAME_ANNOTATION])}`;
      return group === groupKey && stringAt(pod, ['spec', 'nodeName']) !== '' && !isDeleting(pod);
    });
  }

  #cpus(node: string): string {
    return stringAt(this.#api.get('nodes', node), ['status', 'allocatable', 'cpu']);
  }
}

/** Parts by the label; of a group without a policy none. */
function tornParts(group: JsonObject, bound: readonly JsonObject[]): string[] {
  const size = numberAt(arrayAt(group, 'spec', 'subGroupPolicy')[0], ['subGroupSize'], 0);
  const parts = Map.groupBy(bound, (pod) => stringAt(pod, ['metadata', 'labels', PART_LABEL]));
  return [...parts].flatMap(([part, pods]) =>
    pods.length < size ? [`${pods.length} of ${size} members of part ${part} of ${keyOf(group)} are bound`] : [],
  );
}

function planText(group: JsonObject): string {
  return stringAt(group, ['metadata', 'annotations', BIND_PLAN_ANNOTATION]);
}
