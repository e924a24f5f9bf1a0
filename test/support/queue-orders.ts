import { DEFAULT_POLICY, plugin } from '../../src/config/policy.ts';
import { JobHeaps } from '../../src/scheduler/actions/job-heaps.ts';
import type { PluginHooks, PluginSet } from '../../src/scheduler/framework/plugin.ts';
import type { Snapshot } from '../../src/scheduler/ledger/snapshot.ts';
import type { Job } from '../../src/scheduler/model/job.ts';
import type { Queue } from '../../src/scheduler/model/queue.ts';
import { PLUGINS } from '../../src/scheduler/plugins/registry.ts';
import { Session } from '../../src/scheduler/session/session.ts';
import { SchedulerWorld } from './scheduler-world.ts';

/** How a plugin orders queues; in a tree it ranks them within their parents. */
export type QueueOrder = (snapshot: Snapshot, isTree: boolean) => (a: Queue, b: Queue) => number;

/** What is done with a job that is handed over, and whether it comes back. */
export type Take = (job: Job, queue: Queue) => 'done' | 'again';

/** A queue, the one above it, its priority, and how many groups wait in it. */
export type QueueRow = readonly [name: string, parent: string, priority: number, jobs: number];

/** All plugins; the one called `priority` orders queues so, and nothing else. */
export function ordering(order: QueueOrder, isTree: boolean): PluginSet {
  const make = (snapshot: Snapshot): PluginHooks => {
    const queueOrderFn = order(snapshot, isTree);
    return isTree ? { queueOrderFn, isHierarchical: true } : { queueOrderFn };
  };
  return { ...PLUGINS, priority: { name: 'priority', make } };
}

export const byPriority: QueueOrder = () => (a, b) => b.record.priority - a.record.priority;

/** Who took less comes first; in a tree, what those below took counts too. */
export const byTurns: QueueOrder = (snapshot, isTree) => (a, b) =>
  turns(snapshot, a, isTree) - turns(snapshot, b, isTree);

export function turns({ queues }: Snapshot, of: Queue, isTree: boolean): number {
  let sum = 0;
  for (const queue of queues.values()) if (isTree ? isWithin(queue, of) : queue === of) sum += queue.moves;
  return sum;
}

/** It is the queue `top`, or stands below it. */
export function isWithin(queue: Queue, top: Queue): boolean {
  for (let at: Queue | undefined = queue; at !== undefined; at = at.parent) if (at === top) return true;
  return false;
}

/** A world in which nothing but the order of queues matters. */
export function orderedWorld(order: QueueOrder, isTree: boolean): SchedulerWorld {
  return new SchedulerWorld(
    { ...DEFAULT_POLICY, actions: ['allocate'], tiers: [[plugin('priority')]] },
    ordering(order, isTree),
  );
}

export function withQueues(world: SchedulerWorld, rows: readonly QueueRow[]): SchedulerWorld {
  for (const [name, parent, priority] of rows) world.queue(name, { parent, priority });
  for (const [queue, , , jobs] of rows) {
    for (let j = 0; j < jobs; j += 1) world.gang(`${queue}-${j}`, { count: 1 }, { queue, createdMs: j });
  }
  return world;
}

/** Hands every group that waits to `take`; the queues that they came from, group by group. */
export function drained({ snapshot, scheduler: { framework } }: SchedulerWorld, take: Take): string[] {
  const from: string[] = [];
  snapshot.settle();
  new JobHeaps(new Session(snapshot, framework, { nowMs: 0 }), snapshot.waiting.asking).drain((job, queue) => {
    from.push(queue.name);
    return take(job, queue);
  });
  return from;
}

export const still: Take = () => 'done';

export const moving: Take = (_, queue) => {
  queue.moves += 1;
  return 'done';
};
