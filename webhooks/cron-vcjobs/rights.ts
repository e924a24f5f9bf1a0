import { objectAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { newRights } from '../rights/right.ts';
import type { Right } from '../rights/right.ts';
import { jobSpecRights } from '../vcjobs/rights.ts';

/** What a CronJob of Volcano takes of its user: the queue that its jobs will name, since nobody is asked when they are made. */
export function cronVcjobRights(request: AdmissionRequest, view: ClusterView): readonly Right[] {
  const { object, oldObject, subresource } = request;
  if (subresource !== '') return [];
  return newRights(takenBy(object, request, view), takenBy(oldObject, request, view));
}

function takenBy(cron: JsonObject | undefined, request: AdmissionRequest, view: ClusterView): readonly Right[] {
  return jobSpecRights(request, objectAt(cron, 'spec', 'jobTemplate', 'spec'), 'spec.jobTemplate.spec', view);
}
