import { accessRule } from '../../api/access.ts';
import { CREATED_BY_JOBTEMPLATE_KEY } from '../../api/keys.ts';
import type { JobtemplateRecord } from '../../api/records/jobtemplate-record.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import { JOBTEMPLATES } from '../../api/resources.ts';
import { WATCHED_JOBTEMPLATES, WATCHED_VCJOBS } from '../../api/watched-kinds.ts';
import type { Controller, KindIndex, Watch } from '../controller.ts';
import { reconcileJobtemplate } from './reconcile.ts';

const TEMPLATE_ITSELF: Watch<JobtemplateRecord> = {
  kind: WATCHED_JOBTEMPLATES,
  toKeys: (_, after) => (after === undefined ? [] : [after.key]),
};

/** The jobs that say that they were made from a template of their namespace, by its key. */
const JOBS_OF_TEMPLATE: KindIndex<VcjobRecord> = { kind: WATCHED_VCJOBS, valueOf: templateOf };

/** Jobs that come and go; what becomes of them meanwhile is no matter of the template. */
const JOBS_FROM_TEMPLATE: Watch<VcjobRecord> = {
  kind: WATCHED_VCJOBS,
  toKeys: (before, after) => {
    if (before !== undefined && after !== undefined) return [];
    const job = after ?? before;
    const template = job === undefined ? undefined : templateOf(job);
    return template === undefined ? [] : [template];
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
    return reconcileJobtemplate({ template, jobs: [...view.by(JOBS_OF_TEMPLATE, key)].map(({ name }) => name) });
  },
};

/** `namespace/name` of its template; undefined for a job of none. It says `namespace.name`, and names of namespaces have no dots. */
function templateOf({ namespace, annotations, labels }: VcjobRecord): string | undefined {
  const origin = annotations.get(CREATED_BY_JOBTEMPLATE_KEY) ?? labels.get(CREATED_BY_JOBTEMPLATE_KEY) ?? '';
  const name = origin.startsWith(`${namespace}.`) ? origin.slice(namespace.length + 1) : '';
  return name === '' ? undefined : `${namespace}/${name}`;
}
