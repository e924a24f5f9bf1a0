import { GROUP_NAME_ANNOTATION, GROUP_PLAN_ANNOTATION, QUEUE_NAME_LABEL, TASK_SPEC_KEY } from '../../src/api/keys.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { forbid, UNCHANGED } from '../verdict.ts';
import { readPodFacts } from './pod-facts.ts';
import type { PodFacts } from './pod-facts.ts';

/**
 * A stored pod, whichever of its subresources is written: the metadata comes with some. Its group is what its queue is charged by, so nobody may take it away or move it; its plan is what a
 * PodGroup is made from, so nobody may write one. A pod without a group may still be given one by hand.
 */
export function validatePodChange(request: AdmissionRequest, view: ClusterView): Verdict {
  const { object, oldObject } = request;
  if (object === undefined || oldObject === undefined) return UNCHANGED;
  if (isBeingDeleted(request) || view.isOwn(request.username)) return UNCHANGED;
  const old = readPodFacts(request, oldObject);
  if (old.scheduler !== 'served') return UNCHANGED;
  const errors = changes(readPodFacts(request, object), old);
  return errors.length === 0 ? UNCHANGED : forbid('FixedMembership', ...errors);
}

function changes(pod: PodFacts, old: PodFacts): readonly FieldError[] {
  const plan = change('annotations', GROUP_PLAN_ANNOTATION, planText(pod), planText(old));
  if (old.group === '') return plan;
  return [
    ...change('annotations', GROUP_NAME_ANNOTATION, pod.group, old.group),
    ...change('labels', TASK_SPEC_KEY, pod.role, old.role),
    ...change('labels', QUEUE_NAME_LABEL, pod.queue?.name ?? '', old.queue?.name ?? ''),
    ...plan,
  ];
}

function change(map: 'annotations' | 'labels', key: string, now: string, before: string): readonly FieldError[] {
  if (now === before) return [];
  const message =
    before === '' ? 'only Sluice may write it' : 'is fixed while the pod lives; delete the pod in its place';
  return [fieldError(keyPath(`metadata.${map}`, key), 'FieldValueForbidden', now, message)];
}

function planText({ annotations }: PodFacts): string {
  return stringAt(annotations, [GROUP_PLAN_ANNOTATION]);
}
