import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ClusterView, DenyVerdict } from '../admission.ts';
import { queueDenial } from '../queue-choice.ts';

/** Why the job's queue takes no new work, in words that people of Volcano look for too; undefined when it does. */
export function vcjobQueueDenial(job: JsonObject, view: ClusterView): DenyVerdict | undefined {
  const name = stringAt(job, ['spec', 'queue']);
  if (name === '') return undefined;
  const denial = queueDenial({ name, path: 'spec.queue' }, view);
  if (denial === undefined) return undefined;
  const errors = denial.errors.map((error) => ({ ...error, message: `${prefix(name, view)}; ${error.message}` }));
  return { ...denial, errors };
}

function prefix(name: string, view: ClusterView): string {
  const queue = view.queue(name);
  if (queue === undefined) return 'unable to find job queue';
  if (queue.state === 'Closed' || queue.state === 'Closing') {
    return `can only submit job to queue with state \`Open\`, queue \`${name}\` status is \`${queue.state}\``;
  }
  return `can only submit job to leaf queue, queue \`${name}\` has child queues or is the root`;
}
