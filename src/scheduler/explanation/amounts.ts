import { resourceUnit } from '../../api/amounts.ts';
import { formatUnits } from '../../lib/quantity.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import { PODS_IX } from '../model/resource-table.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import type { IndexedAmounts, TaskClass } from '../model/task-class.ts';
import { TaskStatus } from '../model/task-status.ts';
import type { Quantities } from './explanation.ts';

/** In whole units of the records: what is left of one is of no use. */
export function quantity(resource: string, units: number): string {
  return formatUnits(Math.floor(units), resourceUnit(resource));
}

export function quantities({ resources, amounts }: TaskClass | IndexedAmounts, table: ResourceTable): Quantities {
  const out: Record<string, string> = {};
  for (let i = 0; i < resources.length; i += 1) {
    const name = table.name(resources[i] ?? 0);
    out[name] = quantity(name, amounts[i] ?? 0);
  }
  return out;
}

/** Indices of what its pending pods ask for and claim, or its minimum does; pod slots only when nothing else is asked for. */
export function askedResources(job: Job, { resources, claims: { holdings } }: Snapshot): readonly number[] {
  const asked = new Set<number>(job.minimum(resources)?.resources);
  for (let task = job.tasks.first; task !== undefined; task = task.nextInJob) {
    if (task.status !== TaskStatus.Pending) continue;
    const needs = job.queue === undefined ? task.class : holdings.needs(task, job.queue);
    for (const r of Array.from(needs.resources)) asked.add(r);
  }
  if (asked.size > 1) asked.delete(PODS_IX);
  return [...asked].toSorted((a, b) => a - b);
}
