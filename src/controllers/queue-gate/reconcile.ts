import type { PodRecord } from '../../api/records/pod-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import { PODS } from '../../api/resources.ts';
import type { Effect, WriteEffect } from '../effect.ts';
import { QueueRoom } from './queue-room.ts';

/** All that decides which pods wait behind the gate of their queue. */
export interface ObservedGates {
  readonly queues: readonly QueueRecord[];
  /** Pods that no gate holds back and that have not come to their end; those without a node have their room promised. */
  readonly holding: Iterable<PodRecord>;
  /** Pods that the gate of their queue holds back, and nothing else. */
  readonly gated: readonly PodRecord[];
  /** The queue of a pod's group; undefined where it has none yet. */
  readonly queueOf: (pod: PodRecord) => string | undefined;
}

/** Takes the gate off pods that their queue has room for: the most urgent first, then the oldest. O(pods). */
export function reconcileGates({ queues, holding, gated, queueOf }: ObservedGates): readonly Effect[] {
  const room = new QueueRoom(queues);
  for (const pod of holding) {
    const queue = queueOf(pod);
    if (queue !== undefined) room.take(queue, pod.shape.requests);
  }
  const strict = new Set(queues.filter(({ isStrict }) => isStrict).map(({ name }) => name));
  const held = new Set<string>();
  const writes: WriteEffect[] = [];
  for (const pod of gated.toSorted(byRank)) {
    const queue = queueOf(pod);
    if (queue === undefined || held.has(queue)) continue;
    if (room.has(queue, pod.shape.requests)) {
      room.take(queue, pod.shape.requests);
      writes.push(opened(pod));
    } else if (strict.has(queue)) held.add(queue);
  }
  return writes.length === 0 ? [] : [{ kind: 'together', writes }];
}

function byRank(a: PodRecord, b: PodRecord): number {
  return b.priority - a.priority || a.createdMs - b.createdMs || (a.key < b.key ? -1 : 1);
}

function opened({ namespace, name, uid, resourceVersion }: PodRecord): WriteEffect {
  const ref = { type: PODS, namespace, name };
  const precondition = { uid, resourceVersion };
  return { kind: 'patch', ...ref, regarding: { ...ref, uid }, precondition, body: { spec: { schedulingGates: null } } };
}
