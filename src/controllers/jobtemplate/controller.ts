import { accessRule } from '../../api/access.ts';
import { CREATED_BY_JOBTEMPLATE_KEY } from '../../api/keys.ts';
import type { JobtemplateRecord } from '../../api/records/jobtemplate-record.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import { JOBTEMPLATES } from '../../api/resources.ts';
import { WATCHED_JOBTEMPLATES, WATCHED_VCJOBS } from '../../api/watched-kinds.ts';
import type { Controller, Watch } from '../controller.ts';
import { reconcileJobtemplate } from './reconcile.ts';

const TEMPLATE_ITSELF: Watch<JobtemplateRecord> = {
  kind: WATCHED_JOBTEMPLATES,
  toKeys: (_, after) => (after === undefined ? [] : [after.key]),
};

/** Jobs that come and go; what becomes of them meanwhile is no matter of the template. */
const JOBS_FROM_TEMPLATE: Watch<VcjobRecord> = {
  kind: WATCHED_VCJOBS,
  toKeys: (before, after) => {
    if (before !== undefined && after !== undefined) return [];
    const job = after ?? before;
    const origin = job === undefined ? '' : originOf(job);
    const prefix = `${job?.namespace ?? ''}.`;
    return origin.startsWith(prefix) && origin !== prefix ? [origin.replace('.', '/')] : [];
  },
};

/** Keys are `namespace/name` of JobTemplates. */
export const JOBTEMPLATE: Controller = {
  name: 'jobtemplate',
  workers: 2,
  watches: [TEMPLATE_ITSELF, JOBS_FROM_TEMPLATE],
  access: [accessRule(JOBTEMPLATES, ['patch'], { subresource: 'status' })],
  reconcile: (key, { view }) => {
    const template = view.get(WATCHED_JOBTEMPLATES, key);
    if (template === undefined) return [];
    const { namespace, name } = template;
    const origin = `${namespace}.${name}`;
    const jobs = [...view.values(WATCHED_VCJOBS)]
      .filter((job) => job.namespace === namespace && originOf(job) === origin)
      .map((job) => job.name);
    return reconcileJobtemplate({ template, jobs });
  },
};

/** `namespace.name` of its template; empty for a job of none. Names of namespaces have no dots. */
function originOf({ annotations, labels }: VcjobRecord): string {
  return annotations.get(CREATED_BY_JOBTEMPLATE_KEY) ?? labels.get(CREATED_BY_JOBTEMPLATE_KEY) ?? '';
}
