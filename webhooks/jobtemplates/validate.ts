import { isJsonObject } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { applyPatch } from '../../src/lib/json-patch-apply.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { allow, joinDenials, refuse, UNCHANGED } from '../verdict.ts';
import { idleFieldWarnings, vainWarnings } from '../vcjobs/idle-fields.ts';
import { mutateVcjob } from '../vcjobs/mutate.ts';
import { pluginMistakes } from '../vcjobs/plugins.ts';
import { priorityDenial } from '../vcjobs/priority.ts';
import { vcjobRoomWarnings } from '../vcjobs/room.ts';
import { newJobErrors } from '../vcjobs/validate.ts';

/**
 * JobTemplates: what each of their jobs would be refused for or warned of, but for names, which begin with that of a JobFlow, and queues, which
 * may be made later. What Volcano takes and then cannot make a job from is told at once here; how busy the cluster is when it is, nobody knows.
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
  if (denial !== undefined) return denial;
  const old = oldObject && filledIn(oldObject, request, view);
  return allow(
    [],
    [
      ...idleFieldWarnings(job, view),
      ...plugins.warnings,
      ...vainWarnings(job, old, view),
      ...vcjobRoomWarnings(job, old, view),
    ],
  );
}

/** Plugins name objects by their job; that one's name is not known yet. */
const ANY_JOB = 'job';

/** As a job is before it is validated. */
function filledIn(template: JsonObject, request: AdmissionRequest, view: ClusterView): JsonObject {
  const verdict = mutateVcjob({ ...request, operation: 'CREATE', object: template }, view);
  const filled = verdict.kind === 'allow' ? applyPatch(template, verdict.patch) : undefined;
  return isJsonObject(filled) ? filled : template;
}
