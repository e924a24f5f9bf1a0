import { accessRule } from '../../api/access.ts';
import type { CronVcjobRecord } from '../../api/records/cron-vcjob-record.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import { CRON_VCJOBS, VCJOBS } from '../../api/resources.ts';
import { WATCHED_CRON_VCJOBS, WATCHED_VCJOBS } from '../../api/watched-kinds.ts';
import type { Controller, KindIndex, Watch } from '../controller.ts';
import { phaseOf } from './children.ts';
import { reconcileCron } from './reconcile.ts';

const CRON_ITSELF: Watch<CronVcjobRecord> = {
  kind: WATCHED_CRON_VCJOBS,
  toKeys: (_, after) => (after === undefined ? [] : [after.key]),
};

/** Jobs of a CronJob, by its namespace and UID: owner references are the client's to write, in other namespaces as well. */
const JOBS_OF_CRON: KindIndex<VcjobRecord> = {
  kind: WATCHED_VCJOBS,
  valueOf: ({ namespace, owner }) => (owner?.kind === CRON_VCJOBS.kind ? `${namespace}/${owner.uid}` : undefined),
};

/** Counts of pods change all the time; phases do rarely. */
const ITS_JOBS: Watch<VcjobRecord> = {
  kind: WATCHED_VCJOBS,
  toKeys: (before, after) => {
    const job = after ?? before;
    if (job?.owner?.kind !== CRON_VCJOBS.kind) return [];
    const isSame =
      before !== undefined &&
      after !== undefined &&
      phaseOf(before) === phaseOf(after) &&
      before.deleting === after.deleting;
    return isSame ? [] : [`${job.namespace}/${job.owner.name}`];
  },
};

/** Keys are `namespace/name` of CronJobs of Volcano. */
export const VC_CRON_JOB: Controller = {
  name: 'vc-cron-job',
  workers: 4,
  watches: [CRON_ITSELF, ITS_JOBS],
  access: [accessRule(VCJOBS, ['create', 'delete']), accessRule(CRON_VCJOBS, ['patch'], { subresource: 'status' })],
  reconcile: (key, { view, nowMs, told, submitterKeys }) => {
    const cron = view.get(WATCHED_CRON_VCJOBS, key);
    if (cron === undefined) return [];
    return reconcileCron({
      nowMs,
      cron,
      jobs: [...view.by(JOBS_OF_CRON, `${cron.namespace}/${cron.uid}`)],
      hasJob: (name) => view.get(WATCHED_VCJOBS, `${cron.namespace}/${name}`) !== undefined,
      reported: told(cron.uid),
      submitterKeys,
    });
  },
};
