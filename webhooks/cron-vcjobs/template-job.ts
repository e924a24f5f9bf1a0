import { VCJOBS } from '../../src/api/resources.ts';
import { objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import { applyPatch } from '../../src/lib/json-patch-apply.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { mutateVcjob } from '../vcjobs/mutate.ts';

/** Minutes since 1970 have eight digits for a long time. */
const SOME_MINUTE = '30000000';

/** A job as the CronJob will make it, once it was completed by admission. */
export function templateJob(request: AdmissionRequest, view: ClusterView): JsonObject {
  const template = objectAt(request.object, 'spec', 'jobTemplate');
  const name = `${stringAt(request.object, ['metadata', 'name'], request.name)}-${SOME_MINUTE}`;
  const job: JsonObject = { metadata: { name, namespace: request.namespace }, spec: objectAt(template, 'spec') };
  const { group, version, plural } = VCJOBS;
  const verdict = mutateVcjob(
    { ...request, group, version, resource: plural, operation: 'CREATE', name, object: job, oldObject: undefined },
    view,
  );
  return verdict.kind === 'allow' ? applyPatch(job, verdict.patch) : job;
}
