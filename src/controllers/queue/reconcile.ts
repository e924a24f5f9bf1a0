import { DEFAULT_QUEUE, ROOT_QUEUE } from '../../api/keys.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import { apiVersion, QUEUES } from '../../api/resources.ts';
import type { JsonObject } from '../../lib/json.ts';
import { requeueAfter } from '../effect.ts';
import type { Effect, ObjectRef } from '../effect.ts';
import type { GroupCounts } from './group-counts.ts';

/** The status as this process last wrote it for a queue of this UID. */
export interface WrittenQueueStatus {
  readonly counts: GroupCounts;
  /** Monotonic. */
  readonly atMs: number;
}

/** All that decides what becomes of one queue. */
export interface ObservedQueue {
  /** Monotonic, since it only measures how long ago the last write was. */
  readonly nowMs: number;
  readonly name: string;
  readonly queue: QueueRecord | undefined;
  /** The root queue exists: nothing can have it as its parent before. */
  readonly hasRoot: boolean;
  readonly counts: GroupCounts;
  /** Undefined until this process wrote it once. */
  readonly written: WrittenQueueStatus | undefined;
}

/** Counts change with every phase of every group: a queue's status is written once in this time at most. */
const QUEUE_STATUS_PERIOD_MS = 1_000;

/** Keeps the root and the default queue in being, and the group counts of every queue in its status. */
export function reconcileQueue(observed: ObservedQueue): readonly Effect[] {
  const { queue, written, counts, nowMs } = observed;
  if (queue === undefined) return createBuiltIn(observed.name, observed.hasRoot);
  if (written === undefined) return [firstStatus(queue, counts)];
  if (areEqual(written.counts, counts)) return [];
  const sinceMs = nowMs - written.atMs;
  if (sinceMs < QUEUE_STATUS_PERIOD_MS) return [requeueAfter(QUEUE_STATUS_PERIOD_MS - sinceMs)];
  return [patchStatus(queue, { ...counts })];
}

/**
 * The first write of a process also settles what may be missing: the state, and `allocated`, without which the status
 * of a new queue is not valid. Both belong to others once set.
 */
function firstStatus(queue: QueueRecord, counts: GroupCounts): Effect {
  const state = queue.state === 'Open' ? { state: 'Open' } : {};
  const allocated = queue.allocatedText === '' ? { allocated: {} } : {};
  return patchStatus(queue, { ...counts, ...state, ...allocated });
}

function patchStatus(queue: QueueRecord, status: JsonObject): Effect {
  const { name, uid, resourceVersion } = queue;
  const precondition = { uid, resourceVersion };
  return {
    kind: 'patchStatus',
    type: QUEUES,
    namespace: '',
    name,
    regarding: queueRef(name, uid),
    precondition,
    body: { status },
  };
}

function createBuiltIn(name: string, hasRoot: boolean): readonly Effect[] {
  if (name === ROOT_QUEUE) return [createQueue(name, { weight: 1, reclaimable: false })];
  if (name !== DEFAULT_QUEUE || !hasRoot) return [];
  return [createQueue(name, { weight: 1, reclaimable: true, parent: ROOT_QUEUE })];
}

function createQueue(name: string, spec: JsonObject): Effect {
  const body = { apiVersion: apiVersion(QUEUES), kind: QUEUES.kind, metadata: { name }, spec };
  return { kind: 'create', type: QUEUES, namespace: '', name, regarding: queueRef(name, ''), body };
}

function queueRef(name: string, uid: string): ObjectRef {
  return { type: QUEUES, namespace: '', name, uid };
}

function areEqual(a: GroupCounts, b: GroupCounts): boolean {
  const isSameWaiting = a.pending === b.pending && a.inqueue === b.inqueue;
  return isSameWaiting && a.running === b.running && a.unknown === b.unknown && a.completed === b.completed;
}
