import type { PodGroupCondition } from '../../../api/records/pod-group-record.ts';
import type { Job } from '../../../scheduler/model/job.ts';
import { TaskStatus } from '../../../scheduler/model/task-status.ts';
import { conditionReason } from '../../../scheduler/session/job-status.ts';
import { codeAndMessage } from './words.ts';
import type { Words } from './words.ts';

/** Volcano's texts and reasons, which programs look for; what Sluice has to say comes behind them. */
export const VOLCANOS_WORDS: Words = {
  tellsPlaces: true,
  // Volcano says it in each of its sessions; scripts wait for an event that is later than something that they did.
  repeatsMs: 60_000,
  status: (decision, job) => {
    const { condition } = decision;
    if (job === undefined || condition === undefined || !isWaiting(condition)) return decision;
    const reason = REASONS.has(condition.reason) ? condition.reason : NOT_ENOUGH_RESOURCES;
    const message = `${beginning(reason, job)}. ${condition.message}`;
    return { ...decision, condition: { ...condition, reason, message } };
  },
  waits: (refusal, job) => {
    const own = codeAndMessage(refusal);
    return job === undefined ? own : `${beginning(conditionReason(refusal), job)}. ${own}`;
  },
  goes: () => 'Evict',
};

const NOT_ENOUGH_RESOURCES = 'NotEnoughResources';

/** Those that Volcano has for a group that waits, and one that it has no word for: the root is suspended. */
const REASONS: ReadonlySet<string> = new Set([
  NOT_ENOUGH_RESOURCES,
  'NotEnoughTasks',
  'NotEnoughPodsOfTask',
  'Suspended',
]);

function isWaiting({ type, status }: Pick<PodGroupCondition, 'type' | 'status'>): boolean {
  return type === 'Unschedulable' && status === 'True';
}

function beginning(reason: string, job: Job): string {
  if (reason === 'NotEnoughTasks') {
    return `Not enough valid tasks for gang-scheduling, valid: ${job.valid()}, min: ${job.minMember}`;
  }
  if (reason === 'NotEnoughPodsOfTask') return 'Not enough valid pods of each task for gang-scheduling';
  const states = [...counts(job), `${job.minMember} minAvailable`].toSorted();
  return `${job.missing()}/${job.tasks.size} tasks in gang unschedulable: pod group is not ready, ${states.join(', ')}`;
}

function counts(job: Job): readonly string[] {
  return Object.entries(TaskStatus).flatMap(([name, status]) => {
    const count = job.count(status);
    return count === 0 ? [] : [`${count} ${name}`];
  });
}
