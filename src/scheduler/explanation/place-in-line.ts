import type { Framework } from '../framework/framework.ts';
import type { Job } from '../model/job.ts';
import type { Queue } from '../model/queue.ts';
import type { Session } from '../session/session.ts';
import type { PlaceInLine } from './explanation.ts';

/** Groups that are named. */
const NAMED = 5;

/** Where the job stands among those that wait for the same; undefined when it waits for nothing. O(waiting groups). */
export function placeInLine({ snapshot, framework }: Session, job: Job): PlaceInLine | undefined {
  const { asking, admitted } = snapshot.waiting;
  const { queue } = job;
  const isAsking = asking.has(job);
  if (queue === undefined || (!isAsking && !admitted.has(job))) return undefined;
  const nearest: Job[] = [];
  const queues = new Set<Queue>();
  let of = 0;
  let before = 0;
  for (const other of (isAsking ? asking : admitted).members()) {
    if (other.queue !== undefined) queues.add(other.queue);
    if (other.queue !== queue) continue;
    of += 1;
    if (other === job || framework.compareJobs(other, job) > 0) continue;
    before += 1;
    enter(nearest, other, framework);
  }
  return {
    for: isAsking ? 'admission' : 'placement',
    position: before + 1,
    of,
    before: nearest.map(({ key }) => key),
    queuesBefore: [...queues].filter((other) => other !== queue && framework.compareQueues(other, queue) < 0).length,
  };
}

/** Keeps those that come last. */
function enter(nearest: Job[], job: Job, { compareJobs }: Framework): void {
  let at = nearest.length;
  while (at > 0 && compareJobs(job, nearest[at - 1] ?? job) < 0) at -= 1;
  if (at === 0 && nearest.length >= NAMED) return;
  nearest.splice(at, 0, job);
  if (nearest.length > NAMED) nearest.shift();
}
