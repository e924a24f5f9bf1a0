import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { ClusterView } from '../admission.ts';
import type { DenyVerdict } from '../verdict.ts';
import { denialInWords } from '../queue-words.ts';

/** Why the job's queue takes no new work; undefined when it does. */
export function vcjobQueueDenial(job: JsonObject, view: ClusterView): DenyVerdict | undefined {
  const name = stringAt(job, ['spec', 'queue']);
  return name === '' ? undefined : denialInWords(name, 'job', view);
}
