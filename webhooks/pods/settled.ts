import {
  GROUP_MIN_MEMBER_ANNOTATION,
  GROUP_NAME_ANNOTATION,
  GROUP_PLAN_ANNOTATION,
  QUEUE_NAME_ANNOTATION,
  QUEUE_NAME_LABEL,
  SERVED_SCHEDULERS,
  TASK_SPEC_KEY,
} from '../../src/api/keys.ts';
import type { ClusterView } from '../admission.ts';
import { namesScheduler } from '../cel.ts';
import { CLUSTER_CONTROLLER_EXPRESSION, isClusterController } from '../requester.ts';
import { text } from './pod-facts.ts';
import type { PodFacts } from './pod-facts.ts';

/**
 * The hot path: a pod that a controller of the cluster makes with its whole stamp. Whether the queue is open was asked at its root.
 * `SETTLED_EXPRESSION` says the same to the API server, which then does not even send such a pod; this is for servers
 * that are told nothing of the kind, and for the group's queue, which only the view knows.
 */
export function isSettled(pod: PodFacts, view: ClusterView): boolean {
  if (!isClusterController(pod.username)) return false;
  if (pod.owner === undefined || text(pod.annotations, GROUP_NAME_ANNOTATION) === '') return false;
  if (pod.scheduler !== 'served') return false;
  const queue = text(pod.labels, QUEUE_NAME_LABEL);
  const task = text(pod.labels, TASK_SPEC_KEY);
  if (queue === '' || queue !== text(pod.annotations, QUEUE_NAME_ANNOTATION)) return false;
  if (task === '' || task !== text(pod.annotations, TASK_SPEC_KEY)) return false;
  if (Object.hasOwn(pod.annotations, GROUP_PLAN_ANNOTATION)) return false;
  if (Object.hasOwn(pod.annotations, GROUP_MIN_MEMBER_ANNOTATION)) return false;
  const known = view.group(pod.namespace, pod.group);
  return known === undefined || known.queue === queue;
}

const ANNOTATIONS = 'object.metadata.annotations';
const LABELS = 'object.metadata.labels';

/** CEL: true for a pod that `isSettled` would leave as it is, as far as the pod alone tells. */
export const SETTLED_EXPRESSION = [
  CLUSTER_CONTROLLER_EXPRESSION,
  namesScheduler('object.spec', SERVED_SCHEDULERS),
  'has(object.metadata.ownerReferences) && object.metadata.ownerReferences.exists(o, has(o.controller) && o.controller)',
  `has(${ANNOTATIONS}) && has(${LABELS})`,
  filled(ANNOTATIONS, GROUP_NAME_ANNOTATION),
  equal(QUEUE_NAME_LABEL, QUEUE_NAME_ANNOTATION),
  equal(TASK_SPEC_KEY, TASK_SPEC_KEY),
  ...[GROUP_PLAN_ANNOTATION, GROUP_MIN_MEMBER_ANNOTATION].map((key) => `!(${JSON.stringify(key)} in ${ANNOTATIONS})`),
].join(' && ');

function filled(map: string, key: string): string {
  return `${JSON.stringify(key)} in ${map} && ${map}[${JSON.stringify(key)}] != ""`;
}

function equal(label: string, annotation: string): string {
  const values = `${LABELS}[${JSON.stringify(label)}] == ${ANNOTATIONS}[${JSON.stringify(annotation)}]`;
  return `${filled(LABELS, label)} && ${JSON.stringify(annotation)} in ${ANNOTATIONS} && ${values}`;
}
