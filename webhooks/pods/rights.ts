import { isJsonObject, member } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Inheritance } from '../inheritance.ts';
import { unlessRuled } from '../policies/rights.ts';
import { NO_ANSWERS } from '../question.ts';
import type { QueueChoice } from '../queue-choice.ts';
import { bypassOfTemplate } from '../rights/bypass.ts';
import { queueOfGroup, useOf } from '../rights/queue-use.ts';
import { isUnasked } from '../rights/right.ts';
import type { Right } from '../rights/right.ts';
import { movedTo } from './group-queue.ts';
import { handedDown } from './inherited.ts';
import { leftAlone } from './left-alone.ts';
import { readPodFacts } from './pod-facts.ts';
import type { PodFacts } from './pod-facts.ts';
import { recognise } from './recognise.ts';

/** What a new pod takes of who makes it: the use of the queue that it names, or that its group is in. */
export function podRights(request: AdmissionRequest, view: ClusterView): readonly Right[] {
  const { object } = request;
  if (isUnasked(request, view) || object === undefined || !isJsonObject(member(object, 'spec'))) return [];
  const pod = readPodFacts(request, object);
  const inherited = handedDown(pod, view, NO_ANSWERS);
  const bypass = bypassOfTemplate(request, pod, view, inherited);
  if (leftAlone(pod, inherited) !== undefined) return bypass;
  return [
    ...unlessRuled(useOf(request, usedQueue(request, pod, inherited, view), view), request, pod, view),
    ...bypass,
  ];
}

function usedQueue(
  request: AdmissionRequest,
  pod: PodFacts,
  inherited: Inheritance | undefined,
  view: ClusterView,
): QueueChoice | undefined {
  if (inherited?.kind === 'plan')
    return queueOfGroup(request, { name: inherited.plan.group, queue: inherited.plan.queue }, '');
  const membership = recognise(request, pod, view);
  if (membership.kind === 'deny') return undefined;
  const known = view.group(pod.namespace, membership.group);
  if (known === undefined) return pod.queue;
  return movedTo(pod, membership, pod.queue, view) ?? queueOfGroup(request, known, '');
}

/** What it takes to give a group to a stored pod that has none. */
export function podChangeRights(request: AdmissionRequest, view: ClusterView): readonly Right[] {
  const { object, oldObject } = request;
  if (isUnasked(request, view) || object === undefined || oldObject === undefined) return [];
  const pod = readPodFacts(request, object);
  if (pod.group === '' || readPodFacts(request, oldObject).group !== '') return [];
  const known = view.group(pod.namespace, pod.group);
  return useOf(request, known === undefined ? pod.queue : queueOfGroup(request, known, ''), view);
}
