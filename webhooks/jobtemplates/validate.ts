import { isJsonObject } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { applyPatch } from '../../src/lib/json-patch-apply.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { allow, joinDenials, refuse, UNCHANGED } from '../verdict.ts';
import { idleFieldWarnings } from '../vcjobs/idle-fields.ts';
import { mutateVcjob } from '../vcjobs/mutate.ts';
import { pluginMistakes } from '../vcjobs/plugins.ts';
import { priorityDenial } from '../vcjobs/priority.ts';
import { newJobErrors } from '../vcjobs/validate.ts';

/**
 * JobTemplates: what each of their jobs would be refused for, but for names, which begin with that of a JobFlow, and queues, which
 * may be made later. What Volcano takes and then cannot make a job from is told at once here.
 */
export function validateJobtemplateReview(request: AdmissionRequest, view: ClusterView): Verdict {
  const { object, oldObject, subresource } = request;
  if (subresource !== '' || object === undefined || isBeingDeleted(request)) return UNCHANGED;
  const job = filledIn(object, request, view);
  const plugins = pluginMistakes(ANY_JOB, job);
  const errors = [...newJobErrors('', job), ...plugins.errors];
  const denial = joinDenials(
    errors.length === 0 ? undefined : refuse('InvalidJobTemplate', ...errors),
    priorityDenial(object, oldObject),
  );
  return denial ?? allow([], [...idleFieldWarnings(job, view), ...plugins.warnings]);
}

/** Plugins name objects by their job; that one's name is not known yet. */
const ANY_JOB = 'job';

/** As a job is before it is validated. */
function filledIn(template: JsonObject, request: AdmissionRequest, view: ClusterView): JsonObject {
  const verdict = mutateVcjob({ ...request, operation: 'CREATE', object: template }, view);
  const filled = verdict.kind === 'allow' ? applyPatch(template, verdict.patch) : undefined;
  return isJsonObject(filled) ? filled : template;
}
