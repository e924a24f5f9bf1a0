import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { newRights } from '../rights/right.ts';
import type { Right } from '../rights/right.ts';
import { jobSpecRights } from '../vcjobs/rights.ts';
import { flowsOf } from './flow-facts.ts';

/** The queues that its jobs are sent to otherwise than their templates say: nobody is asked when they are made. */
export function jobflowRights(request: AdmissionRequest, view: ClusterView): readonly Right[] {
  const { object, oldObject, subresource } = request;
  if (subresource !== '' || object === undefined) return [];
  const taken = (jobflow: JsonObject): readonly Right[] =>
    flowsOf(jobflow).flatMap(({ path, patch }) => jobSpecRights(request, patch, `${path}.patch.jobSpec`, view));
  return oldObject === undefined ? taken(object) : newRights(taken(object), taken(oldObject));
}
