import type { WorkloadKindSpec } from '../../src/api/kinds/workload-kind.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import { isPlanned } from '../frameworks/plan-root.ts';
import { defaultQueue } from '../queue-choice.ts';
import type { QueueChoice } from '../queue-choice.ts';
import { bypassOfTemplate } from '../rights/bypass.ts';
import { queueOfGroup, useOf } from '../rights/queue-use.ts';
import { isUnasked, newRights } from '../rights/right.ts';
import type { Right, RightsFn } from '../rights/right.ts';
import { readReviewedRoot } from './root-facts.ts';
import type { ReviewedRoot } from './root-facts.ts';

/** What an object takes of the user: the use of the queue that its pods come into, or leave to run them past the queues. */
export function rootRights(kind: WorkloadKindSpec): RightsFn {
  return (request, view) => {
    const { object, oldObject } = request;
    if (isUnasked(request, view) || object === undefined) return [];
    const old = oldObject && readReviewedRoot(kind, request, oldObject);
    const root = readReviewedRoot(kind, request, object);
    return newRights(rightsOf(kind, request, root, view), old === undefined ? [] : rightsOf(kind, request, old, view));
  };
}

function rightsOf(
  kind: WorkloadKindSpec,
  request: AdmissionRequest,
  root: ReviewedRoot,
  view: ClusterView,
): readonly Right[] {
  const bypass = root.templates.flatMap(({ facts }) => bypassOfTemplate(request, facts, view));
  const isForeign = root.templates.some(({ facts }) => facts.scheduler === 'foreign');
  return isForeign ? bypass : [...useOf(request, usedQueue(kind, request, root, view), view), ...bypass];
}

/**
 * That of the group which a template names by hand; nobody is asked for the pods, which are a program's. What names no queue and is no
 * gang leaves that to what is made from it.
 */
function usedQueue(
  kind: WorkloadKindSpec,
  request: AdmissionRequest,
  { queue, facts, templates, plan }: ReviewedRoot,
  view: ClusterView,
): QueueChoice | undefined {
  for (const { facts: template } of templates) {
    const known = template.group === '' ? undefined : view.group(request.namespace, template.group);
    // A template that was copied brings the group of the object that it was copied from, which it does not join.
    if (known === undefined || known.name === plan?.group || known.origin.startsWith(`${kind.kind}/`)) continue;
    return queueOfGroup(request, known, template.path);
  }
  return queue ?? (isPlanned(kind, facts) ? defaultQueue(request.namespace, view) : undefined);
}
