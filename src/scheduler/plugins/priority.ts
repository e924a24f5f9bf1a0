import type { Plugin } from '../framework/plugin.ts';
import type { Task } from '../model/task.ts';

/**
 * Higher priority first, for jobs (the group's priority class) and for the tasks of a job (the pod's). Within a queue pods
 * go for jobs of higher priority than theirs, and for no others; what queues take back from each other is not its matter.
 */
export const priority: Plugin = {
  name: 'priority',
  make: () => ({
    jobOrderFn: (a, b) => b.priority - a.priority,
    isSteadyOrder: true,
    taskOrderFn: (a, b) => b.record.priority - a.record.priority,
    jobStarvingFn: (job) => job.placed() < job.valid(),
    preemptableFn: lower,
    unifiedEvictableFn: (preemptor, candidates, isAcrossQueues) =>
      isAcrossQueues ? undefined : lower(preemptor, candidates),
  }),
};

function lower({ job: asking, record: { priority: own } }: Task, candidates: readonly Task[]): readonly Task[] {
  const isLower = ({ job, record }: Task): boolean =>
    job === asking ? record.priority < own : (job?.priority ?? 0) < (asking?.priority ?? 0);
  return candidates.every(isLower) ? candidates : candidates.filter(isLower);
}
