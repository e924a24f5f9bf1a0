import type { NamespaceRecord } from '../../api/records/namespace-record.ts';
import type { JobRecord } from '../../api/records/job-record.ts';
import { WATCHED_JOBS, WATCHED_NAMESPACES } from '../../api/watched-kinds.ts';
import type { Controller, KindView, Watch } from '../controller.ts';
import { reconcileUnmanagedJob } from './reconcile.ts';

const JOB_ITSELF: Watch<JobRecord> = {
  kind: WATCHED_JOBS,
  toKeys: (before, after) => (after === undefined || before?.uid === after.uid ? [] : [after.key]),
};

/** Jobs that were there when their namespace was opted in. */
const JOBS_OF_NAMESPACE: Watch<NamespaceRecord> = {
  kind: WATCHED_NAMESPACES,
  toKeys: (before, after, view) => {
    return after?.optedIn === true && before?.optedIn !== true ? jobsIn(after.name, view) : [];
  },
};

/** Keys are `namespace/name` of Jobs. */
export const UNMANAGED_JOB: Controller = {
  name: 'unmanaged-job',
  workers: 1,
  watches: [JOB_ITSELF, JOBS_OF_NAMESPACE],
  access: [],
  reconcile: (key, { view, told }) => {
    const job = view.get(WATCHED_JOBS, key);
    if (job === undefined) return [];
    return reconcileUnmanagedJob({
      job,
      namespace: view.get(WATCHED_NAMESPACES, job.namespace),
      reported: told(job.uid),
    });
  },
};

function jobsIn(namespace: string, view: KindView): readonly string[] {
  return [...view.values(WATCHED_JOBS)].filter((job) => job.namespace === namespace).map((job) => job.key);
}
