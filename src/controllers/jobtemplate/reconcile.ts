import { MAX_LISTED_JOBS } from '../../api/limits.ts';
import type { JobtemplateRecord } from '../../api/records/jobtemplate-record.ts';
import { JOBTEMPLATES } from '../../api/resources.ts';
import type { Effect } from '../effect.ts';

/** All that decides what the status of a JobTemplate says. */
export interface ObservedJobtemplate {
  readonly template: JobtemplateRecord;
  /** Names of the jobs that were made from it and are there, in any order. */
  readonly jobs: readonly string[];
}

/** Keeps in the status which jobs were made from the template. */
export function reconcileJobtemplate({ template, jobs }: ObservedJobtemplate): readonly Effect[] {
  const wanted = jobs.toSorted().slice(0, MAX_LISTED_JOBS);
  const isSame = wanted.length === template.jobs.length && wanted.every((name, at) => name === template.jobs[at]);
  if (template.deleting || isSame) return [];
  const { namespace, name, uid, resourceVersion } = template;
  return [
    {
      kind: 'patchStatus',
      type: JOBTEMPLATES,
      namespace,
      name,
      regarding: { type: JOBTEMPLATES, namespace, name, uid },
      precondition: { uid, resourceVersion },
      body: { status: { jobDependsOnList: wanted.length === 0 ? null : wanted } },
    },
  ];
}
