import type { NumatopologyRecord } from '../../api/records/numa-records.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import { usedCpus } from './departures.ts';
import { wholeOf } from './zone-holdings.ts';

/** The later ones are larger. */
export function age(status: TaskStatus): number {
  if (status === TaskStatus.Binding) return 2;
  return status === TaskStatus.Bound ? 1 : 0;
}

/**
 * Of the tasks on a node, oldest first, those that the publication does not count. Where it names who has CPUs, those that it does not name. Else as
 * many of the latest as it has too few CPUs in use for, those of pods that left since it was written (`departed`, in milli) taken off.
 */
export function onPaper(topology: NumatopologyRecord, standing: readonly Task[], departed: number): readonly Task[] {
  const { holders } = topology;
  if (holders !== undefined) {
    return standing.filter(({ uid, record }) => !holders.has(uid) && !holders.has(record.key));
  }
  let told = usedCpus(topology) - departed;
  return standing.filter(({ record: { numa }, status }) => {
    const cpus = numa === undefined ? 0 : (wholeOf(numa).get('cpu') ?? 0);
    if (cpus === 0) return status !== TaskStatus.Running;
    told -= cpus;
    return told < 0;
  });
}
