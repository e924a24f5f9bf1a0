import { areSameLabels } from '../../api/records/label-selector.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import type { ResourceAmounts } from '../../api/records/scheduling-shape.ts';
import { podWith } from '../../api/records/stored-pod.ts';
import type { Task } from '../model/task.ts';
import type { TaskStatus } from '../model/task-status.ts';

/** The ledgers that do not look at amounts have nothing new to learn of the task. */
export function countsAsBefore(task: Task, record: PodRecord, status: TaskStatus): boolean {
  const { record: known, job } = task;
  const isSameQueue = job !== undefined || known.queue === record.queue;
  return task.status === status && standsThere(task, record) && isSameQueue && areSameDevices(known, record);
}

/** Its group sees it as the same member. */
export function hasSameRole(a: PodRecord, b: PodRecord): boolean {
  return a.task === b.task && areSameLabels(a.labels, b.labels);
}

function areSameDevices(a: PodRecord, b: PodRecord): boolean {
  return a.cards === b.cards && a.deviceClaims === b.deviceClaims;
}

/** The pod may see the nodes in another way by now. */
export function isOtherView(a: PodRecord, b: PodRecord): boolean {
  return a.datasets !== b.datasets || a.claims.length !== b.claims.length || a.images !== b.images || a.numa !== b.numa;
}

/**
 * Whoever renames the group or the queue of a placed pod takes nothing off them: it counts there until it is gone. So do the
 * cards that it was seen with.
 */
export function frozen(record: PodRecord, { record: { group, queue, cards: known } }: Task): PodRecord {
  const cards = known !== undefined && known.held.length > 0 ? known : record.cards;
  if (record.group === group && record.queue === queue && record.cards === cards) return record;
  return podWith(record, { group, queue, cards });
}

/** A record that names no node says nothing of where the task stands. */
function standsThere({ nodeName }: Task, record: PodRecord): boolean {
  return record.nodeName === '' || nodeName === record.nodeName;
}

/** Both queues' amounts are of the same resources. */
export function areNamedAlike(a: QueueRecord, b: QueueRecord): boolean {
  const isAlike = (x: ResourceAmounts | undefined, y: ResourceAmounts | undefined): boolean =>
    x === y || ((x?.size ?? 0) === (y?.size ?? 0) && [...(x?.keys() ?? [])].every((name) => y?.has(name) === true));
  return isAlike(a.capability, b.capability) && isAlike(a.guarantee, b.guarantee) && isAlike(a.deserved, b.deserved);
}
