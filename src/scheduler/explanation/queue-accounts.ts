import type { Framework } from '../framework/framework.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import { upFrom } from '../model/queue-paths.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import { quantity } from './amounts.ts';
import type { QueueAccount, QueueAmounts } from './explanation.ts';

/** The job's queue and those above it, for these resources: the ledgers, and what the plugin that shares out reckons with. */
export function queueAccounts(
  { queue }: Job,
  framework: Framework,
  table: ResourceTable,
  asked: readonly number[],
): readonly QueueAccount[] {
  if (queue === undefined) return [];
  return upFrom(queue).map((each) => ({
    queue: each.name,
    isOpen: each.isOpen,
    resources: asked.map((r) => amountsOf(each, framework, table, r)),
  }));
}

function amountsOf(queue: Queue, framework: Framework, table: ResourceTable, r: number): QueueAmounts {
  const resource = table.name(r);
  const standing = framework.queueStanding(queue);
  const limits = {
    deserved: standing?.deserved[r],
    guarantee: standing?.guarantee[r],
    capability: queue.record.capability?.get(resource),
    limit: standing?.limit[r],
    promised: standing === undefined ? undefined : (standing.promised[r] ?? 0),
  };
  const said = Object.entries(limits).flatMap(([key, units]) =>
    units === undefined || units < 0 || units === Infinity ? [] : [[key, quantity(resource, units)]],
  );
  return {
    resource,
    held: quantity(resource, (queue.allocated[r] ?? 0) + (queue.claimed[r] ?? 0)),
    heldBelow: quantity(resource, (queue.below[r] ?? 0) + (queue.claimedBelow[r] ?? 0)),
    ...(Object.fromEntries(said) as Partial<QueueAmounts>),
  };
}
