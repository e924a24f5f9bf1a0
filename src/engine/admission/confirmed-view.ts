import type { ClusterView, KindView, QueueView } from '../../../webhooks/admission.ts';
import { queueQuestion } from '../../../webhooks/queue-choice.ts';
import type { Answers } from '../../../webhooks/question.ts';
import type { ViewKind } from '../../../webhooks/view-kind.ts';
import { projectQueue } from '../../api/projections/queue.ts';
import { QUEUES } from '../../api/resources.ts';
import { queueView } from './cluster-view.ts';

/** The view, with the queues that the API server was asked about as they are there. */
export function confirmedView(view: ClusterView, answers: Answers): ClusterView {
  return {
    synced: view.synced,
    rights: view.rights,
    submitterKeys: view.submitterKeys,
    queue: (name) => fetchedQueue(name, view, answers) ?? view.queue(name),
    queueNames: () => view.queueNames(),
    of: (kind) => withFetched(kind, view, answers),
    room: () => view.room(),
    free: () => view.free(),
    heldBy: (queue) => view.heldBy(queue),
    waitingIn: (queue) => view.waitingIn(queue),
    neverFits: view.neverFits,
    keepsBusyQueues: view.keepsBusyQueues,
    groupsAsVolcano: view.groupsAsVolcano,
    devices: () => view.devices(),
    defaultQueue: (namespace) => view.defaultQueue(namespace),
    optedIn: (namespace) => view.optedIn(namespace),
    priorityClass: (name) => view.priorityClass(name),
    group: (namespace, name) => view.group(namespace, name),
    groupOfOwner: (uid) => view.groupOfOwner(uid),
    workloadKind: (apiVersion, kind) => view.workloadKind(apiVersion, kind),
    namedKinds: () => view.namedKinds(),
    policies: () => view.policies(),
    root: (uid) => view.root(uid),
    rootNamed: (type, namespace, name) => view.rootNamed(type, namespace, name),
    groupsIn: (queue) => view.groupsIn(queue),
    resourceGroups: () => view.resourceGroups(),
    isOwn: (username) => view.isOwn(username),
  };
}

function withFetched<T>(kind: ViewKind<T>, view: ClusterView, answers: Answers): KindView<T> {
  const known = view.of(kind);
  if (kind.type !== QUEUES) return known;
  const fetched = (name: string): T | undefined => {
    const answer = answers.get(queueQuestion(name).key);
    return answer?.kind === 'fetch' ? kind.project(answer.object) : undefined;
  };
  return {
    get: (name) => fetched(name) ?? known.get(name),
    values: () => known.values(),
    by: (index, key) => known.by(index, key),
    count: (index, key) => known.count(index, key),
  };
}

function fetchedQueue(name: string, view: ClusterView, answers: Answers): QueueView | undefined {
  const answer = answers.get(queueQuestion(name).key);
  const queue = answer?.kind === 'fetch' ? projectQueue(answer.object) : undefined;
  return queue && queueView(queue, view.queue(name)?.hasChildren ?? false);
}
