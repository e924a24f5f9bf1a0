import { resourceUnit } from '../../api/amounts.ts';
import { formatUnits } from '../../lib/quantity.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import { TaskStatus } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import { isUnder } from './quota-scopes.ts';

/**
 * Of a group that lacks pods: the quota that keeps another one like those that wait from being made, in words; empty when
 * none does. O(1) without quotas, else O(tasks + amounts of the namespace's quotas).
 */
export function quotaHint(job: Job, { quotas, resources }: Snapshot): string {
  const wanted = quotas.isEmpty ? undefined : waitingClass(job);
  if (wanted === undefined) return '';
  const texts: string[] = [];
  for (const quota of quotas.of(job.record.namespace)) {
    if (!isUnder(quota, job)) continue;
    const full = quota.amounts.find(({ resource, hard, used }) => {
      const at = wanted.resources.indexOf(resources.find(resource) ?? -1);
      return used + (wanted.amounts[at] ?? 0) > hard && at >= 0;
    });
    if (full === undefined) continue;
    const [used, hard] = [full.used, full.hard].map((units) => formatUnits(units, resourceUnit(full.resource)));
    texts.push(`ResourceQuota ${quota.key} has no room for another: ${full.name} ${used} of ${hard} used`);
  }
  // In no order that hangs on when quotas came.
  const [first] = texts.toSorted();
  return first === undefined ? '' : ` ${first}.`;
}

function waitingClass({ tasks }: Job): TaskClass | undefined {
  for (let task = tasks.first; task !== undefined; task = task.nextInJob) {
    if (task.status === TaskStatus.Pending) return task.class;
  }
  return undefined;
}
