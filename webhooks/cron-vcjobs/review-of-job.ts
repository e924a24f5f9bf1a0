import { VCJOBS } from '../../src/api/resources.ts';
import { isJsonObject, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { applyPatch } from '../../src/lib/json-patch-apply.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { mutateVcjob } from '../vcjobs/mutate.ts';
import { validateVcjobReview } from '../vcjobs/validate.ts';

/** Minutes since 1970, as the name of a job ends with them. */
const SOME_MINUTE = '30000000';

/** What admission will say to the jobs that the CronJob makes, as things are now. */
export function reviewOfJob(request: AdmissionRequest, view: ClusterView): Verdict {
  const name = `${stringAt(request.object, ['metadata', 'name'], request.name)}-${SOME_MINUTE}`;
  const job: JsonObject = {
    metadata: { name, namespace: request.namespace },
    spec: objectAt(request.object, 'spec', 'jobTemplate', 'spec'),
  };
  const { group, version, plural } = VCJOBS;
  const asked: AdmissionRequest = {
    ...request,
    group,
    version,
    resource: plural,
    operation: 'CREATE',
    name,
    object: job,
    oldObject: undefined,
  };
  const completed = mutateVcjob(asked, view);
  if (completed.kind !== 'allow') return completed;
  const complete = applyPatch(job, completed.patch);
  return validateVcjobReview({ ...asked, object: isJsonObject(complete) ? complete : job }, view);
}
