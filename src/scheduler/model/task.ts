import { TaskStatus } from './task-status.ts';
import type { PodRecord } from '../../api/records/pod-record.ts';
import type { Job } from './job.ts';
import type { SubGroup } from './sub-group.ts';
import type { TaskClass } from './task-class.ts';
import type { TaskGroup } from './task-group.ts';

/** A pod as the scheduler sees it. Mutable: only Snapshot and Statement change it. */
export class Task {
  record: PodRecord;
  /** Undefined for pods that others place: they only take room. */
  job: Job | undefined;
  class: TaskClass;
  status: TaskStatus = TaskStatus.Pending;
  nodeName = '';
  /** Index of the node, -1 when unplaced or when the node is unknown. */
  nodeIx = -1;
  /** Its eviction is on its way to the API server: it counts as Releasing before the watch says so. */
  isLeaving = false;
  /** Neighbours in the list of its job (JobTasks). */
  nextInJob: Task | undefined;
  previousInJob: Task | undefined;
  /** Neighbours in the list of its node (NodeTasks). */
  nextOnNode: Task | undefined;
  previousOnNode: Task | undefined;

  constructor(record: PodRecord, taskClass: TaskClass) {
    this.record = record;
    this.class = taskClass;
  }

  get uid(): string {
    return this.record.uid;
  }

  /** No pod may be evicted for it, as it or the class of its group says: the pods of a group need not bear that class. */
  get isPatient(): boolean {
    return this.record.isPatient || this.job?.isPatient === true;
  }

  /** Its role in the job, when that has a minimum of its own: most have none, and no pod has room for it. O(roles) */
  get group(): TaskGroup | undefined {
    const { job } = this;
    return job === undefined || job.groups.length === 0 ? undefined : job.groupOf(this.record.task);
  }

  /** Its part of the job, when that is split into parts; as above. */
  get subGroup(): SubGroup | undefined {
    return this.job?.subGroups?.partOf(this);
  }
}
