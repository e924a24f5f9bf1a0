import { accessRule } from '../../api/access.ts';
import { SERVED_SCHEDULERS } from '../../api/keys.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import { PODS } from '../../api/resources.ts';
import { WATCHED_POD_GROUPS, WATCHED_QUEUES, watchedPods } from '../../api/watched-kinds.ts';
import type { Controller, KindIndex, KindView, Watch } from '../controller.ts';
import { reconcileGates } from './reconcile.ts';

/** All gates are one key, since queues share what those above them may hold. */
const GATES = 'gates';

const GATED: KindIndex<PodRecord> = {
  kind: watchedPods(),
  valueOf: (pod) => (pod.isQueueGated && isOurs(pod) ? GATES : undefined),
};

/** Pods that come to a gate, and pods that leave room. */
const ITS_PODS: Watch<PodRecord> = {
  kind: GATED.kind,
  toKeys: (before, after, view) => {
    const isNew = after?.isQueueGated === true && before?.isQueueGated !== true;
    const leavesRoom = before !== undefined && holds(before) && (after === undefined || !holds(after));
    return isNew || leavesRoom ? whereGated(view) : [];
  },
};

const ITS_QUEUES: Watch<QueueRecord> = { kind: WATCHED_QUEUES, toKeys: (_before, _after, view) => whereGated(view) };

const ITS_GROUPS: Watch<PodGroupRecord> = {
  kind: WATCHED_POD_GROUPS,
  toKeys: (before, after, view) => (before?.queue === after?.queue ? [] : whereGated(view)),
};

/** Takes Volcano's gate of the queue off pods whose queue has room for them. */
export const QUEUE_GATE: Controller = {
  name: 'queue-gate',
  workers: 1,
  watches: [ITS_PODS, ITS_QUEUES, ITS_GROUPS],
  access: [accessRule(PODS, ['patch'])],
  reconcile: (_, { view }) => {
    const gated = [...view.by(GATED, GATES)];
    if (gated.length === 0) return [];
    const holding = [...view.values(GATED.kind)].filter(holds);
    const queueOf = (pod: PodRecord): string | undefined =>
      view.get(WATCHED_POD_GROUPS, `${pod.namespace}/${pod.group}`)?.queue;
    return reconcileGates({ queues: [...view.values(WATCHED_QUEUES)], holding, gated, queueOf });
  },
};

/** Most clusters have no such pod, and nothing to look at. */
function whereGated(view: KindView): readonly string[] {
  for (const _ of view.by(GATED, GATES)) return [GATES];
  return [];
}

function holds(pod: PodRecord): boolean {
  return !pod.gated && isOurs(pod) && pod.phase !== 'Succeeded' && pod.phase !== 'Failed';
}

function isOurs({ group, schedulerName, deleting, gated }: PodRecord): boolean {
  return group !== '' && SERVED_SCHEDULERS.has(schedulerName) && !(gated && deleting);
}
