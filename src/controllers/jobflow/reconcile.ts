import type { Flow } from '../../api/records/jobflow-record.ts';
import { JOBFLOWS, VCJOBS } from '../../api/resources.ts';
import type { JsonObject } from '../../lib/json.ts';
import { mergePatch } from '../../lib/merge-patch.ts';
import { eventOnce, requeueAfter } from '../effect.ts';
import type { CreateEffect, DeleteEffect, Effect, EventEffect, ObjectRef } from '../effect.ts';
import { jobBody } from './job-body.ts';
import { flowNames, statusOf } from './status.ts';
import { isCompleted, jobName, jobOf } from './observed.ts';
import type { ObservedJobflow } from './observed.ts';
import { readinessOf } from './readiness.ts';

/** Nobody wakes a flow when an object of somebody else that has the name of one of its jobs is gone. */
const NAME_TAKEN_MS = 30_000;

/** Makes each job once those before it are completed or ready, and keeps the status. */
export function reconcileJobflow(observed: ObservedJobflow): readonly Effect[] {
  const { flow, nowMs } = observed;
  const status = statusOf(observed);
  const phase = status.state?.phase;
  const next = phase === 'Running' || phase === 'Pending' ? nextJobs(observed) : NOTHING;
  const jobs = next.jobs.map(({ job }) => job);
  return [
    // A job may be refused for as long as its template stays as it is, and nothing after that is done. What was completed is
    // written before jobs are deleted, too: the status is what remembers it.
    ...statusEffect(observed, status as JsonObject),
    ...(jobs.length === 0 ? [] : [{ kind: 'together', writes: jobs } as const]),
    ...next.jobs.map(({ event }) => event),
    ...next.troubles,
    ...(flow.status.state?.phase === 'Succeed' && phase === 'Succeed' ? deletedJobs(observed) : []),
    ...(next.questions.length === 0 ? [] : [{ kind: 'askPods', questions: next.questions } as const, requeueAfter(0)]),
    ...(next.againMs === Infinity ? [] : [requeueAfter(Math.max(0, next.againMs - nowMs))]),
  ];
}

interface NewJob {
  readonly job: CreateEffect;
  readonly event: EventEffect;
}

type Next = Pick<ReturnType<typeof readinessOf>, 'questions' | 'againMs'> & {
  readonly jobs: readonly NewJob[];
  readonly troubles: readonly EventEffect[];
};

const NOTHING: Next = { jobs: [], troubles: [], questions: [], againMs: Infinity };

function nextJobs(observed: ObservedJobflow): Next {
  const { flow } = observed;
  const missing = (flow.spec.flows ?? []).filter(
    ({ name }) => jobOf(observed, name) === undefined && !isCompleted(observed, name),
  );
  const all = missing.map((one) => nextJob(observed, one));
  return {
    jobs: all.flatMap(({ jobs }) => jobs),
    troubles: all.flatMap(({ troubles }) => troubles),
    questions: all.flatMap(({ questions }) => questions),
    againMs: Math.min(Infinity, ...all.map(({ againMs }) => againMs)),
  };
}

function nextJob(observed: ObservedJobflow, one: Flow): Next {
  const { flow, nowMs, reported } = observed;
  const { isReady, questions, againMs } = readinessOf(observed, one);
  if (!isReady) return { ...NOTHING, questions, againMs };
  const name = jobName(observed, one.name);
  const trouble = (reason: string, note: string): readonly EventEffect[] =>
    eventOnce({ regarding: refOf(observed), type: 'Warning', reason, action: 'Creating', note }, reported);
  if (observed.job(name) !== undefined) {
    const note = `Job ${name} exists and is not of this JobFlow: delete it, or give the JobFlow another name.`;
    return { ...NOTHING, troubles: trouble('JobNameTaken', note), againMs: nowMs + NAME_TAKEN_MS };
  }
  const template = observed.template(one.name);
  if (template === undefined) {
    const note = `JobTemplate ${one.name} does not exist in namespace ${flow.namespace}; job ${name} is made once it does.`;
    return { ...NOTHING, troubles: trouble('JobTemplateMissing', note) };
  }
  const job: CreateEffect = {
    kind: 'create',
    type: VCJOBS,
    namespace: flow.namespace,
    name,
    regarding: refOf(observed),
    body: jobBody(flow, one, template, observed.submitterKeys),
  };
  // Volcano's words.
  const note = `create a job named ${name}!`;
  const event: EventEffect = {
    kind: 'event',
    regarding: refOf(observed),
    type: 'Normal',
    reason: 'Created',
    action: 'Creating',
    note,
  };
  return { ...NOTHING, jobs: [{ job, event }] };
}

function statusEffect(observed: ObservedJobflow, status: JsonObject): readonly Effect[] {
  const { namespace, name, uid, resourceVersion, status: known } = observed.flow;
  const change = mergePatch(known as JsonObject, status);
  if (change === undefined) return [];
  return [
    {
      kind: 'patchStatus',
      type: JOBFLOWS,
      namespace,
      name,
      regarding: refOf(observed),
      precondition: { uid, resourceVersion },
      body: { status: change },
    },
  ];
}

function deletedJobs(observed: ObservedJobflow): readonly DeleteEffect[] {
  if (observed.flow.spec.jobRetainPolicy !== 'delete') return [];
  const jobs = flowNames(observed)
    .map((name) => jobOf(observed, name))
    .filter((job) => job !== undefined);
  return jobs
    .filter(({ deleting }) => !deleting)
    .map(({ namespace, name, uid }) => ({
      kind: 'delete',
      type: VCJOBS,
      namespace,
      name,
      regarding: refOf(observed),
      precondition: { uid, resourceVersion: '' },
      propagation: 'Background',
    }));
}

function refOf({ flow: { namespace, name, uid } }: Pick<ObservedJobflow, 'flow'>): ObjectRef {
  return { type: JOBFLOWS, namespace, name, uid };
}
