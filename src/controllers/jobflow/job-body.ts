import { CREATED_BY_JOBFLOW_KEY, CREATED_BY_JOBTEMPLATE_KEY } from '../../api/keys.ts';
import type { Flow, JobflowRecord } from '../../api/records/jobflow-record.ts';
import type { JobtemplateRecord } from '../../api/records/jobtemplate-record.ts';
import { apiVersion, JOBFLOWS, VCJOBS } from '../../api/resources.ts';
import type { SubmitterKeys } from '../../api/submitter-claim.ts';
import type { JsonObject } from '../../lib/json.ts';
import { handedDownAnnotations } from '../submitter.ts';
import { mergeSpec } from './merge-spec.ts';

/** Longest value of a label; the annotation holds longer ones, too. */
const LABEL_LENGTH = 63;

/** The job of a flow as it is made from its template. */
export function jobBody(
  jobflow: JobflowRecord,
  flow: Flow,
  template: JobtemplateRecord,
  keys: SubmitterKeys,
): JsonObject {
  const { namespace, name, uid, submitter } = jobflow;
  const job = `${name}-${flow.name}`;
  const origin = {
    [CREATED_BY_JOBFLOW_KEY]: `${namespace}.${name}`,
    [CREATED_BY_JOBTEMPLATE_KEY]: `${namespace}.${template.name}`,
  };
  const labels = Object.fromEntries(Object.entries(origin).filter(([, value]) => value.length <= LABEL_LENGTH));
  // The type of a part of a spec says nothing about null, which stands in open templates.
  const patch = (flow.patch?.jobSpec ?? {}) as JsonObject;
  return {
    apiVersion: apiVersion(VCJOBS),
    kind: VCJOBS.kind,
    metadata: {
      name: job,
      namespace,
      labels,
      annotations: {
        ...origin,
        ...handedDownAnnotations(keys, { type: JOBFLOWS, head: jobflow, submitter }, VCJOBS, job),
      },
      ownerReferences: [
        {
          apiVersion: apiVersion(JOBFLOWS),
          kind: JOBFLOWS.kind,
          name,
          uid,
          controller: true,
          // Who deletes the flow in the foreground sees it until its jobs are gone.
          blockOwnerDeletion: true,
        },
      ],
    },
    spec: mergeSpec(template.spec, patch),
  };
}
