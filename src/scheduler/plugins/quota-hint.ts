import { resourceUnit } from '../../api/amounts.ts';
import { formatUnits } from '../../lib/quantity.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { TaskClass } from '../model/task-class.ts';
import { isUnder } from './quota-scopes.ts';

/**
 * Of a group that lacks pods: the quota that keeps another one like those that wait from being made, in words; empty when
 * none does. O(1) without quotas, else O(tasks + amounts of the namespace's quotas).
 */
export function quotaHint(job: Job, { quotas, resources }: Snapshot): string {
  if (quotas.isEmpty) return '';
  const wanted = waitingClasses(job);
  const texts: string[] = [];
  for (const quota of quotas.of(job.record.namespace)) {
    if (!isUnder(quota, job)) continue;
    for (const { name, resource, ...amounts } of quota.amounts) {
      const r = resources.find(resource) ?? -1;
      if (!wanted.some((taskClass) => amounts.used + amountOf(taskClass, r) > amounts.hard)) continue;
      const [used, hard] = [amounts.used, amounts.hard].map((units) => formatUnits(units, resourceUnit(resource)));
      texts.push(`ResourceQuota ${quota.key} has no room for another: ${name} ${used} of ${hard} used`);
    }
  }
  // The words do not hang on the order in which pods and quotas came.
  const [first] = texts.toSorted();
  return first === undefined ? '' : ` ${first}.`;
}

/** Minus infinity of what the class does not ask for: that no quota keeps it from. */
function amountOf({ resources, amounts }: TaskClass, resource: number): number {
  const at = resources.indexOf(resource);
  return at < 0 ? -Infinity : (amounts[at] ?? 0);
}

function waitingClasses({ tasks }: Job): readonly TaskClass[] {
  const classes = new Set<TaskClass>();
  for (let task = tasks.first; task !== undefined; task = task.nextInJob) {
    if (task.status === TaskStatus.Pending) classes.add(task.class);
  }
  return [...classes];
}
