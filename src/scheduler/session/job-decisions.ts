import type { Refusal } from '../model/refusal.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import { bindDecision } from './bind-decision.ts';
import type { EvictDecision, GangDecision, PipelineDecision, RefusalDecision } from './decision.ts';
import { nodesHelp } from './nodes-help.ts';
import type { Eviction } from './statement.ts';

/** All that the job got in this cycle. */
export function gangDecision(snapshot: Snapshot, job: Job): GangDecision {
  const { placedTasks, tasks } = job;
  const only = placedTasks === undefined ? tasks.first : undefined;
  const binds =
    only === undefined
      ? (placedTasks ?? []).map((task) => bindDecision(snapshot, task, task.nodeName))
      : [bindDecision(snapshot, only, only.nodeName)];
  return { kind: 'gang', group: job.key, minMember: job.minMember, binds };
}

export function evictDecision({ task, why }: Eviction): EvictDecision {
  const { uid, job, record } = task;
  return { kind: 'evict', uid, pod: record.key, group: job?.key ?? '', code: why.code, message: why.message };
}

/** The task is promised room on the node. */
export function pipelineDecision({ uid, record }: Task, node: { readonly name: string } | undefined): PipelineDecision {
  return { kind: 'pipeline', uid, pod: record.key, node: node?.name ?? '' };
}

/** What all of its pods that wait are told. O(tasks) */
export function refusalDecision(job: Job, refusal: Refusal): RefusalDecision {
  const uids: string[] = [];
  for (let task = job.tasks.first; task !== undefined; task = task.nextInJob) {
    if (task.status === TaskStatus.Pending) uids.push(task.uid);
  }
  const { code, message } = refusal;
  return { kind: 'refusal', group: job.key, uids, code, message, nodesHelp: nodesHelp(refusal) };
}
