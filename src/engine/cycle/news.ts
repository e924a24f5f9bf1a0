import { areSameLabels } from '../../api/records/label-selector.ts';
import type { NodeRecord } from '../../api/records/node-record.ts';
import type { PodGroupPhase, PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import { commonsOf } from '../../api/records/stored-pod.ts';
import { saysTheSame } from '../../lib/same.ts';
import { TaskStatus } from '../../scheduler/model/task-status.ts';
import type { Task } from '../../scheduler/model/task.ts';

/*
 * Whether a change can change a decision: only such a change wakes a cycle. Our own conditions and statuses come back by
 * the watch, and a kubelet's heartbeat moves a node's version and nothing else.
 */

/** Of a change that is no news only other images have to reach the snapshot: nobody waits for those. */
export function isNodeNews(next: NodeRecord, old: NodeRecord): boolean {
  return !saysTheSame(next, old, ['resourceVersion', 'images']);
}

/** Of one pod: its name, UID and time stay. */
export function isPodNews(next: PodRecord, old: PodRecord): boolean {
  if (next.nodeName !== old.nodeName || !areSameLabels(next.labels, old.labels)) return true;
  return !saysTheSame(commonsOf(next), commonsOf(old), ['unschedulableMessage']);
}

/**
 * The pod is on the node that was decided, and nothing else: what follows from that was decided with it. With the binding the API server
 * writes labels of the node on it.
 */
export function isPlacedAsDecided(
  next: PodRecord,
  old: PodRecord,
  task: Pick<Task, 'status' | 'nodeName'> | undefined,
): boolean {
  if (task?.status !== TaskStatus.Binding || task.nodeName !== next.nodeName || old.nodeName !== '') return false;
  return saysTheSame(commonsOf(next), commonsOf(old), ['unschedulableMessage', 'bindPlanId']);
}

/** The group of a new pod has fewer pods than have to start together: none of them can before more come. */
export function isShortOfPods(task: Task | undefined): boolean {
  const job = task?.job;
  return job !== undefined && task?.status === TaskStatus.Pending && job.valid() < job.minMember;
}

/**
 * `phase` is the one that the core wants: another one is somebody else's, and has to be put right. Not while a plan is open: until it is
 * closed the group is written as let in.
 */
export function isGroupNews(next: PodGroupRecord, old: PodGroupRecord, phase: PodGroupPhase | undefined): boolean {
  const isBeingBound = next.bindPlan !== '' && next.phase === 'Inqueue';
  return isGroupChanged(next, old) || (next.phase !== phase && !isBeingBound);
}

/** Something but what schedulers write on a group. */
export function isGroupChanged(next: PodGroupRecord, old: PodGroupRecord): boolean {
  return !saysTheSame(next, old, [
    'resourceVersion',
    'phase',
    'conditions',
    'running',
    'succeeded',
    'failed',
    'bindPlan',
  ]);
}

export function isQueueNews(next: QueueRecord, old: QueueRecord): boolean {
  return !saysTheSame(next, old, ['resourceVersion', 'allocatedText', 'conditions']);
}
