import type { TaskClass } from '../model/task-class.ts';
import type { ClassTable } from '../model/class-table.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import type { ResourceTable } from '../model/resource-table.ts';
import type { NodeTable } from '../placement/node-table.ts';
import type { LostPlaces } from './lost-places.ts';
import type { Nominations } from './nominations.ts';

/** All that names resources by their index. */
interface NameUsers {
  readonly nodes: NodeTable;
  readonly classes: ClassTable;
  readonly nominations: Nominations;
  readonly lostPlaces: LostPlaces;
  readonly queues: ReadonlyMap<string, Queue>;
  readonly jobs: ReadonlyMap<string, Job>;
  readonly resources: ResourceTable;
}

/**
 * Drops the resource names that nobody in the snapshot uses. For between cycles only: within one, plugins hold vectors of
 * their own. O(resources of nodes + classes + queues + jobs).
 */
export function dropUnusedNames(users: NameUsers): void {
  const { resources, queues } = users;
  resources.retain(usedResources(users));
  for (const { ledgers } of queues.values()) {
    for (const ledger of ledgers) ledger.length = Math.min(ledger.length, resources.size);
  }
}

function usedResources({ nodes, classes, nominations, lostPlaces, queues, jobs, resources }: NameUsers): Set<number> {
  const used = new Set(nodes.offered);
  for (const taskClass of classes.values()) addAll(used, taskClass);
  for (const taskClass of nominations.classes()) addAll(used, taskClass);
  for (const taskClass of lostPlaces.classes()) addAll(used, taskClass);
  const addNames = (names: Iterable<string> = []): void => {
    for (const name of names) used.add(resources.find(name) ?? 0);
  };
  for (const { record, ledgers } of queues.values()) {
    addNames(record.capability?.keys());
    addNames(record.guarantee?.keys());
    addNames(record.deserved?.keys());
    // A sum of very large amounts may keep a rest: nobody else may inherit it.
    for (const ledger of ledgers) ledger.forEach((amount, r) => amount !== 0 && used.add(r));
  }
  for (const { record } of jobs.values()) addNames(record.minResources?.keys());
  return used;
}

function addAll(used: Set<number>, { resources }: TaskClass): void {
  for (const r of resources) used.add(r);
}
