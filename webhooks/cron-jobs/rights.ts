import { applyPatch } from '../../src/lib/json-patch-apply.ts';
import { isJsonObject, memberAt, objectAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { inheritedQueue, writeQueue } from '../inherited-queue.ts';
import { jobRights } from '../jobs/rights.ts';
import { ObjectPatch } from '../object-patch.ts';
import { unlessRuled } from '../policies/rights.ts';
import { isUnasked, newRights } from '../rights/right.ts';
import type { Right } from '../rights/right.ts';
import { readTemplateFacts } from '../template-facts.ts';
import { jobRequest, namedQueues, POD_TEMPLATE, TEMPLATE, TEMPLATE_PATH } from './job-request.ts';

/** What its Jobs will take: their controller is not asked for them. */
export function cronJobRights(request: AdmissionRequest, view: ClusterView): readonly Right[] {
  const { object, oldObject } = request;
  if (isUnasked(request, view) || object === undefined || !isJsonObject(memberAt(object, ...POD_TEMPLATE))) return [];
  const named = namedQueues(object);
  const queue = inheritedQueue(named, oldObject && namedQueues(oldObject));
  const patch = new ObjectPatch(object);
  if (queue !== undefined) writeQueue(patch, TEMPLATE, queue);
  const rights = jobRights(jobRequest(request, applyPatch(object, patch.operations)), view).map((right) => ({
    ...right,
    path:
      queue !== undefined && right.value === queue ? (named.own?.path ?? right.path) : `${TEMPLATE_PATH}${right.path}`,
  }));
  const template = readTemplateFacts(objectAt(object, ...POD_TEMPLATE), `${POD_TEMPLATE.join('.')}.`);
  const taken = unlessRuled(rights, request, template, view);
  return oldObject === undefined ? taken : newRights(taken, jobRights(jobRequest(request, oldObject), view));
}
