import type { Refusal } from '../framework/plugin.ts';
import type { Job } from '../model/job.ts';
import { notOpen } from '../model/queue.ts';
import type { Queue } from '../model/queue.ts';
import type { Session } from '../session/session.ts';
import { JobHeaps } from './job-heaps.ts';

/** Lets waiting groups in while their minimum fits what their queue may still promise. Looks at no node. */
export function enqueue(session: Session): void {
  const heaps = new JobHeaps(session, session.snapshot.waiting.asking);
  heaps.drain((job, queue) => {
    const refusal = queue.isOpen ? keptOut(session, job, queue) : notOpen(queue);
    if (refusal === undefined) session.enqueue(job);
    else session.refuse(job, refusal);
    return 'done';
  });
}

/** Who waits for a queue of which nothing changed hears the same again. */
function keptOut({ framework }: Session, job: Job, queue: Queue): Refusal | undefined {
  const { askedAt } = job;
  if (askedAt > 0 && askedAt === framework.enqueueStamp(queue)) return job.keptOut;
  const refusal = framework.jobEnqueueable(job);
  if (refusal === undefined) return undefined;
  job.askedAt = framework.enqueueStamp(queue);
  job.keptOut = refusal;
  return refusal;
}
