import { isJsonObject, memberAt } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { inheritedQueue } from '../inherited-queue.ts';
import { unlessRuled } from '../policies/rights.ts';
import type { QueueChoice } from '../queue-choice.ts';
import { bypassOfTemplate } from '../rights/bypass.ts';
import { queueOfGroup, useOf } from '../rights/queue-use.ts';
import { isUnasked, newRights } from '../rights/right.ts';
import type { Right } from '../rights/right.ts';
import { queuesOf, readWorkloadFacts } from './workload-facts.ts';
import type { WorkloadFacts } from './workload-facts.ts';

/** What it takes of the user: the use of the queue that the pods of the template come into. Nobody is asked for those later. */
export function workloadRights(request: AdmissionRequest, view: ClusterView): readonly Right[] {
  const { object, oldObject } = request;
  if (isUnasked(request, view) || object === undefined || !isJsonObject(memberAt(object, 'spec', 'template')))
    return [];
  const workload = readWorkloadFacts(request, object);
  const old = oldObject && readWorkloadFacts(request, oldObject);
  const inherited = inheritedQueue(queuesOf(workload), old && queuesOf(old));
  const named = inherited === undefined ? workload.template.queue : workload.ownQueue;
  const rights = unlessRuled(rightsOf(request, workload, named, view), request, workload.template, view);
  return old === undefined ? rights : newRights(rights, rightsOf(request, old, old.template.queue, view));
}

/** A group that the template names has its own queue, whatever else is named. */
function rightsOf(
  request: AdmissionRequest,
  { template }: WorkloadFacts,
  named: QueueChoice | undefined,
  view: ClusterView,
): readonly Right[] {
  const bypass = bypassOfTemplate(request, template, view);
  if (template.scheduler === 'foreign') return bypass;
  const known = template.group === '' ? undefined : view.group(request.namespace, template.group);
  const queue = known === undefined ? named : queueOfGroup(request, known, template.path);
  return [...useOf(request, queue, view), ...bypass];
}
