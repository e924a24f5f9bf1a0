import {
  GROUP_NAME_ANNOTATION,
  GROUP_PLAN_ANNOTATION,
  KUBE_DEFAULT_SCHEDULER,
  QUEUE_NAME_ANNOTATION,
  QUEUE_NAME_LABEL,
  SERVED_SCHEDULERS,
} from '../../src/api/keys.ts';
import { namesScheduler, textOf } from '../cel.ts';
import type { Condition } from '../conditions.ts';

const GROUP = ['annotations', GROUP_NAME_ANNOTATION] as const;
const QUEUE = ['annotations', QUEUE_NAME_ANNOTATION] as const;
const LABEL = ['labels', QUEUE_NAME_LABEL] as const;

/** Nobody's to place but Sluice's, and without its name; members of Kubernetes' own gangs keep theirs. */
function lostScheduler(spec: string): string {
  const isUnset = `!has(${spec}.schedulerName) || ${spec}.schedulerName in ${JSON.stringify(['', KUBE_DEFAULT_SCHEDULER])}`;
  return `(${isUnset}) && !has(${spec}.schedulingGroup) && !has(${spec}.workloadRef)`;
}

/** A stamp that no longer says one thing. */
function brokenStamp(template: string): string {
  const label = textOf(template, LABEL);
  const queue = textOf(template, QUEUE);
  return [
    `!has(${template}.metadata)`,
    `${textOf(template, GROUP)} == ""`,
    `${queue} == ""`,
    `(${label} != "" && ${label} != ${queue})`,
  ].join(' || ');
}

function broken(template: string, more = ''): string {
  const spec = `${template}.spec`;
  const stamp = `${brokenStamp(template)}${more}`;
  return `(${lostScheduler(spec)}) || (${namesScheduler(spec, SERVED_SCHEDULERS)} && (${stamp}))`;
}

/** Most new pods come as Sluice wrote them, and are not sent a second time. */
export const POD_SEAL_BROKEN: Condition = { name: 'seal-is-broken', expression: broken('object') };

const PLAN = textOf('object', ['annotations', GROUP_PLAN_ANNOTATION]);
const TEMPLATE = 'object.spec.template';

function planLacks(member: string, value: string): string {
  return `!${PLAN}.contains("\\"${member}\\":\\"" + ${value} + "\\"")`;
}

/** A plan for another group or queue than the template names was written by somebody else. */
export const JOB_SEAL_BROKEN: Condition = {
  name: 'seal-is-broken',
  expression: broken(
    TEMPLATE,
    ` || (${PLAN} != "" && (${planLacks('group', textOf(TEMPLATE, GROUP))} || ${planLacks('queue', textOf(TEMPLATE, QUEUE))}))`,
  ),
};
