import { isJsonObject, memberAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { NO_ANSWERS } from '../question.ts';
import { unlessRuled } from '../policies/rights.ts';
import { defaultQueue } from '../queue-choice.ts';
import type { QueueChoice } from '../queue-choice.ts';
import { bypassOfTemplate } from '../rights/bypass.ts';
import { queueOfGroup, useOf } from '../rights/queue-use.ts';
import { isUnasked, newRights } from '../rights/right.ts';
import type { Right } from '../rights/right.ts';
import { ownPlan, readJobFacts } from './job-facts.ts';
import type { JobFacts } from './job-facts.ts';

/** What it takes of the user: the use of the queue that the Job's pods come into, or leave to run them past the queues. */
export function jobRights(request: AdmissionRequest, view: ClusterView): readonly Right[] {
  const { object, oldObject } = request;
  if (isUnasked(request, view) || object === undefined || !isJsonObject(memberAt(object, 'spec', 'template')))
    return [];
  const old = oldObject && readJobFacts(request, oldObject, NO_ANSWERS);
  const job = readJobFacts(request, object, NO_ANSWERS);
  return [
    ...unlessRuled(useOf(request, newQueue(request, job, old, view), view), request, job.template, view),
    ...newRights(
      bypassOfTemplate(request, job.template, view),
      old === undefined ? [] : bypassOfTemplate(request, old.template, view),
    ),
  ];
}

/** The queue that the Job names, on itself or on its template, or else the one of its namespace. */
export function chosenQueue(request: AdmissionRequest, job: JobFacts, view: ClusterView): QueueChoice {
  return job.ruledQueue ?? job.ownQueue ?? job.template.queue ?? defaultQueue(request.namespace, view);
}

/** Undefined where the pods stay in a queue that was looked at before, and where no queue counts them. A Job with a plan keeps its queue. */
function newQueue(
  request: AdmissionRequest,
  job: JobFacts,
  old: JobFacts | undefined,
  view: ClusterView,
): QueueChoice | undefined {
  if (job.template.scheduler === 'foreign' || (old !== undefined && ownPlan(old) !== undefined)) return undefined;
  const queue = usedQueue(request, job, view);
  if (old === undefined || queue === undefined) return queue;
  return usedQueue(request, old, view)?.name === queue.name ? undefined : queue;
}

function usedQueue(request: AdmissionRequest, job: JobFacts, view: ClusterView): QueueChoice | undefined {
  const { group, path } = job.template;
  const known = group === '' || group === job.plan?.group ? undefined : view.group(request.namespace, group);
  // A Job whose template was copied from another one gets a group of its own.
  const isJoined = known !== undefined && !known.origin.startsWith('Job/');
  return isJoined ? queueOfGroup(request, known, path) : chosenQueue(request, job, view);
}
