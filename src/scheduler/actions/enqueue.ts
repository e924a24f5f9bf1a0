import { notOpen } from '../model/queue.ts';
import type { Session } from '../session/session.ts';
import { JobHeaps } from './job-heaps.ts';

/** Lets waiting groups in while their minimum fits what their queue may still promise. Looks at no node. */
export function enqueue(session: Session): void {
  const heaps = new JobHeaps(session, (job) => job.phase === '' || job.phase === 'Pending');
  heaps.drain((job, queue) => {
    if (!queue.isOpen) {
      session.refuse(job, notOpen(queue));
      return 'done';
    }
    const refusal = session.framework.jobEnqueueable(job);
    if (refusal === undefined) session.enqueue(job);
    else session.refuse(job, refusal);
    return 'done';
  });
}
