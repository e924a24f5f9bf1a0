import { accessRule } from '../../api/access.ts';
import type { CronVcjobRecord } from '../../api/records/cron-vcjob-record.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import { CRON_VCJOBS, VCJOBS } from '../../api/resources.ts';
import { WATCHED_CRON_VCJOBS, WATCHED_VCJOBS } from '../../api/watched-kinds.ts';
import type { Controller, KindView, Watch } from '../controller.ts';
import { phaseOf } from './children.ts';
import { reconcileCron } from './reconcile.ts';

const CRON_ITSELF: Watch<CronVcjobRecord> = {
  kind: WATCHED_CRON_VCJOBS,
  toKeys: (_, after) => (after === undefined ? [] : [after.key]),
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
  reconcile: (key, { view, nowMs, told }) => {
    const cron = view.get(WATCHED_CRON_VCJOBS, key);
    if (cron === undefined) return [];
    return reconcileCron({
      nowMs,
      cron,
      jobs: jobsOf(cron, view),
      hasJob: (name) => view.get(WATCHED_VCJOBS, `${cron.namespace}/${name}`) !== undefined,
      reported: told(cron.uid),
    });
  },
};

/** O(jobs of all namespaces): a CronJob is looked at a few times for each of its jobs, and never more. */
function jobsOf({ uid }: CronVcjobRecord, view: KindView): readonly VcjobRecord[] {
  return [...view.values(WATCHED_VCJOBS)].filter(({ owner }) => owner?.uid === uid);
}
