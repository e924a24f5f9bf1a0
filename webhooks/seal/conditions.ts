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

const [GROUP, QUEUE, LABEL] = [GROUP_NAME_ANNOTATION, QUEUE_NAME_ANNOTATION, QUEUE_NAME_LABEL].map((key) =>
  JSON.stringify(key),
);

/** Nobody's to place but Sluice's, and without its name; members of Kubernetes' own gangs keep theirs. */
function lostScheduler(spec: string): string {
  const isUnset = `!has(${spec}.schedulerName) || ${spec}.schedulerName in ${JSON.stringify(['', KUBE_DEFAULT_SCHEDULER])}`;
  return `(${isUnset}) && !has(${spec}.schedulingGroup) && !has(${spec}.workloadRef)`;
}

function groupOf(template: string): string {
  return `${template}.metadata.annotations[${GROUP}]`;
}

function queueOf(template: string): string {
  return `${template}.metadata.annotations[${QUEUE}]`;
}

/** A stamp that says one thing. It is looked at for every new pod, so no member is looked up without need. */
function wholeStamp(template: string): string {
  const annotations = `${template}.metadata.annotations`;
  const labels = `${template}.metadata.labels`;
  const label = `${labels}[${LABEL}]`;
  return [
    `has(${template}.metadata) && has(${annotations})`,
    `${GROUP} in ${annotations} && ${groupOf(template)} != ""`,
    `${QUEUE} in ${annotations} && ${queueOf(template)} != ""`,
    `(!has(${labels}) || !(${LABEL} in ${labels}) || ${label} == ${queueOf(template)} || ${label} == "")`,
  ].join(' && ');
}

/** Who names a scheduler of ours has a whole stamp, and whatever else is asked of it. */
function broken(template: string, more: readonly string[] = []): string {
  const spec = `${template}.spec`;
  const isWhole = [wholeStamp(template), ...more].join(' && ');
  return `${namesScheduler(spec, SERVED_SCHEDULERS)} ? !(${isWhole}) : (${lostScheduler(spec)})`;
}

/** Most new pods come as Sluice wrote them, and are not sent a second time. */
export const POD_SEAL_BROKEN: Condition = { name: 'seal-is-broken', expression: broken('object') };

const PLAN = textOf('object', ['annotations', GROUP_PLAN_ANNOTATION]);
const TEMPLATE = 'object.spec.template';

function planHas(member: string, value: string): string {
  return `${PLAN}.contains("\\"${member}\\":\\"" + ${value} + "\\"")`;
}

/** A plan for another group or queue than the template names was written by somebody else. */
export const JOB_SEAL_BROKEN: Condition = {
  name: 'seal-is-broken',
  expression: broken(TEMPLATE, [
    `(${PLAN} == "" || (${planHas('group', groupOf(TEMPLATE))} && ${planHas('queue', queueOf(TEMPLATE))}))`,
  ]),
};
