import { objectAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { newRights } from '../rights/right.ts';
import type { Right } from '../rights/right.ts';
import { jobSpecRights } from '../vcjobs/rights.ts';

/** The queue that its jobs will be in: nobody is asked when they are made. */
export function jobtemplateRights(request: AdmissionRequest, view: ClusterView): readonly Right[] {
  const { object, oldObject, subresource } = request;
  if (subresource !== '' || object === undefined) return [];
  const taken = (template: JsonObject): readonly Right[] =>
    jobSpecRights(request, objectAt(template, 'spec'), 'spec', view);
  return oldObject === undefined ? taken(object) : newRights(taken(object), taken(oldObject));
}
