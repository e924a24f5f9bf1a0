import { QUEUE_NAME_ANNOTATION, QUEUE_NAME_LABEL } from '../../src/api/keys.ts';
import { anyChanged, changed } from '../cel.ts';
import type { Condition } from '../conditions.ts';

/** Its controller writes the status with each Job; no rule is about that. */
export const JOB_TEMPLATE_OR_QUEUE_CHANGED: Condition = {
  name: 'job-template-or-queue-changed',
  expression: [
    'request.operation != "UPDATE"',
    changed('spec.jobTemplate'),
    anyChanged([
      ['labels', QUEUE_NAME_LABEL],
      ['annotations', QUEUE_NAME_ANNOTATION],
    ]),
  ].join(' || '),
};
