import { accessRule } from '../../api/access.ts';
import type { JobflowRecord } from '../../api/records/jobflow-record.ts';
import type { JobtemplateRecord } from '../../api/records/jobtemplate-record.ts';
import type { OwnerRecord } from '../../api/records/owner-record.ts';
import type { VcjobRecord } from '../../api/records/vcjob-record.ts';
import { JOBFLOWS, VCJOBS } from '../../api/resources.ts';
import { WATCHED_JOBFLOWS, WATCHED_JOBTEMPLATES, WATCHED_VCJOBS, watchedPods } from '../../api/watched-kinds.ts';
import { saysTheSame } from '../../lib/same.ts';
import type { Controller, KindView, Watch } from '../controller.ts';
import { reconcileJobflow } from './reconcile.ts';

const FLOW_ITSELF: Watch<JobflowRecord> = {
  kind: WATCHED_JOBFLOWS,
  toKeys: (_, after) => (after === undefined ? [] : [after.key]),
};

const JOBS_OF_FLOW: Watch<VcjobRecord> = {
  kind: WATCHED_VCJOBS,
  toKeys: (before, after) => {
    const job = after ?? before;
    return job?.owner !== undefined && isJobflow(job.owner) ? [`${job.namespace}/${job.owner.name}`] : [];
  },
};

/** A template came, or says something else: a job that was refused may be made now. O(flows of the cluster). */
const TEMPLATES: Watch<JobtemplateRecord> = {
  kind: WATCHED_JOBTEMPLATES,
  toKeys: (before, after, view) => {
    if (after === undefined || (before !== undefined && saysTheSame(before.spec, after.spec))) return [];
    return flowsFrom(after, view);
  },
};

const PODS = watchedPods();

/** Pods are looked at when they are asked; none wakes a flow. */
const PODS_OF_JOBS: Watch<unknown> = { kind: PODS, toKeys: () => [] };

/** Keys are `namespace/name` of JobFlows. */
export const JOBFLOW: Controller = {
  name: 'jobflow',
  workers: 4,
  watches: [FLOW_ITSELF, JOBS_OF_FLOW, TEMPLATES, PODS_OF_JOBS],
  access: [
    accessRule(VCJOBS, ['create', 'delete']),
    accessRule(JOBFLOWS, ['patch'], { subresource: 'status' }),
    // Its jobs hold up the end of a flow that is deleted in the foreground.
    accessRule(JOBFLOWS, ['update'], { subresource: 'finalizers' }),
  ],
  reconcile: (key, { view, nowMs, told, answerTo, submitterKeys }) => {
    const flow = view.get(WATCHED_JOBFLOWS, key);
    if (flow === undefined) return [];
    const at = (name: string): string => `${flow.namespace}/${name}`;
    return reconcileJobflow({
      nowMs,
      flow,
      job: (name) => view.get(WATCHED_VCJOBS, at(name)),
      template: (name) => view.get(WATCHED_JOBTEMPLATES, at(name)),
      pod: (name) => view.get(PODS, at(name)),
      answerTo,
      reported: told(flow.uid),
      submitterKeys,
    });
  },
};

function isJobflow({ apiVersion, kind }: OwnerRecord): boolean {
  return kind === JOBFLOWS.kind && apiVersion.startsWith(`${JOBFLOWS.group}/`);
}

function flowsFrom({ namespace, name }: JobtemplateRecord, view: KindView): readonly string[] {
  return [...view.values(WATCHED_JOBFLOWS)]
    .filter((flow) => flow.namespace === namespace && (flow.spec.flows ?? []).some((one) => one.name === name))
    .map(({ key }) => key);
}
