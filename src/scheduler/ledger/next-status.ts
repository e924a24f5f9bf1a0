import { SERVED_SCHEDULERS } from '../../api/keys.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';

/** The status that the newest record gives a task, or undefined when the pod is of no concern (any more). */
export function nextStatus(record: PodRecord, task: Task | undefined): TaskStatus | undefined {
  if (record.phase === 'Succeeded') return record.nodeName === '' ? undefined : TaskStatus.Succeeded;
  if (record.phase === 'Failed') return record.nodeName === '' ? undefined : TaskStatus.Failed;
  if (record.nodeName !== '') {
    if (record.deleting) return TaskStatus.Releasing;
    if (record.phase === 'Running') return TaskStatus.Running;
    return record.phase === 'Unknown' ? TaskStatus.Unknown : TaskStatus.Bound;
  }
  if (record.deleting || record.gated || record.group === '' || !SERVED_SCHEDULERS.has(record.schedulerName))
    return undefined;
  return task?.status === TaskStatus.Binding ? TaskStatus.Binding : TaskStatus.Pending;
}
