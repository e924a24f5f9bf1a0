import type { ClusterView } from './admission.ts';
import type { DenyVerdict } from './verdict.ts';
import { queueDenial } from './queue-choice.ts';

/** What people of Volcano call it when it goes into a queue. */
type Submitted = 'job' | 'PodGroup';

/** Why new work may not go into the queue of `spec.queue`, in words that people of Volcano look for too; undefined when it may. */
export function denialInWords(name: string, submitted: Submitted, view: ClusterView): DenyVerdict | undefined {
  const denial = queueDenial({ name, path: 'spec.queue' }, view);
  if (denial === undefined) return undefined;
  const errors = denial.errors.map((error) => ({
    ...error,
    message: `${words(name, submitted, view)}; ${error.message}`,
  }));
  return { ...denial, errors };
}

function words(name: string, submitted: Submitted, view: ClusterView): string {
  const queue = view.queue(name);
  if (queue === undefined) return submitted === 'job' ? 'unable to find job queue' : 'unable to find queue';
  const notOpen = `can only submit ${submitted} to queue with state \`Open\`, queue \`${name}\``;
  if (queue.state === 'Closed' || queue.state === 'Closing') return `${notOpen} status is \`${queue.state}\``;
  if (queue.deleting) return `${notOpen} is being deleted`;
  return `can only submit ${submitted} to leaf queue, queue \`${name}\` has child queues or is the root`;
}
