import { resourceUnit } from '../../api/amounts.ts';
import { formatUnits } from '../../lib/quantity.ts';
import { countedClass } from '../../api/devices/counted-class.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import { upFrom } from '../model/queue-paths.ts';
import type { Task } from '../model/task.ts';
import { branchWords } from './amount-words.ts';
import { EPSILON } from './epsilon.ts';
import { countedBesideBranch } from './queue-room.ts';
import type { RoomRequest } from './queue-room.ts';

/**
 * Devices of a class that the task takes would bring its queue, or one above it, beyond the capability. Whoever asks by a resource that
 * a class serves counts beside who claims. O(levels x names of classes), one comparison while no queue names a class.
 */
export function classRefusal(snapshot: Snapshot, queue: Queue, task: Task, room: RoomRequest): Refusal | undefined {
  const { holdings } = snapshot.claims;
  for (const r of holdings.counted) {
    const name = snapshot.resources.name(r);
    for (const level of upFrom(queue)) {
      const limit = level.record.capability?.get(name);
      if (limit === undefined) continue;
      const asked = task.class.amountOf(r) + holdings.added(task, level, r, room.isGranted);
      const freed = room.freed === undefined ? 0 : holdings.freed(task, level, r, room.freed.tasks);
      const coming = holdings.ofComing(room.freed?.coming ?? [], task, r);
      const held = level.heldWithin(r) + countedBesideBranch(level, r, room) - freed + coming;
      if (asked <= 0 || held + asked <= limit + EPSILON) continue;
      const whose = level === queue ? queue.name : branchWords(queue, level);
      const [used, most, more] = [held, limit, asked].map((amount) => formatUnits(amount, resourceUnit(name)));
      const message = `queue ${whose}: quota of ${nameOf(name)} used ${used} of ${most}, ${more} more asked.`;
      const numbers = { resource: name, asked, held, limit, queue: level.name };
      return { code: 'QueueLimit', message, numbers, isDeclared: true };
    }
  }
  return undefined;
}

/** The pods that the job needs claim more devices of a class than its queue, or one above it, may ever hold. O(tasks) where some queue names a class. */
export function neverWithinClasses({ resources, claims: { holdings } }: Snapshot, job: Job): Refusal | undefined {
  const { queue } = job;
  if (queue === undefined || !holdings.isUsed) return undefined;
  for (const r of holdings.counted) {
    const name = resources.name(r);
    const [lowest] = upFrom(queue)
      .filter((level) => level.record.capability?.has(name) === true)
      .toSorted((a, b) => limitOf(a, name) - limitOf(b, name));
    if (lowest === undefined) continue;
    const [limit, asked] = [limitOf(lowest, name), leastOf(job, (task) => holdings.own(task, r))];
    if (asked <= limit + EPSILON) continue;
    const whose = lowest === queue ? queue.name : branchWords(queue, lowest);
    const [least, most] = [asked, limit].map((amount) => formatUnits(amount, resourceUnit(name)));
    const message = `PodGroup ${job.key} needs ${least} of ${nameOf(name)}: the quota of queue ${whose} is ${most}.`;
    const numbers = { resource: name, asked, held: 0, limit, queue: lowest.name };
    return { code: 'NeverFits', message, numbers, isDeclared: true };
  }
  return undefined;
}

function limitOf(queue: Queue, name: string): number {
  return queue.record.capability?.get(name) ?? Infinity;
}

/** Of as many tasks as it needs at least, those that take least. */
function leastOf(job: Job, amountOf: (task: Task) => number): number {
  const amounts: number[] = [];
  for (let task = job.tasks.first; task !== undefined; task = task.nextInJob) amounts.push(amountOf(task));
  const least = amounts.toSorted((a, b) => a - b).slice(0, Math.max(1, job.minMember));
  return least.reduce((sum, amount) => sum + amount, 0);
}

function nameOf(resource: string): string {
  const name = countedClass(resource);
  return name === undefined ? resource : `DeviceClass ${name}`;
}
