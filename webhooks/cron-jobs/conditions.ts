import {
  ACCELERATOR_LABEL,
  ACCELERATORS_ANNOTATION,
  DATASET_LABEL,
  DATASETS_ANNOTATION,
  QUEUE_NAME_ANNOTATION,
  QUEUE_NAME_LABEL,
} from '../../src/api/keys.ts';
import { anyChanged, changed } from '../cel.ts';
import type { Condition } from '../conditions.ts';

/** Its controller writes the status with each Job; no rule is about that. */
export const JOB_TEMPLATE_OR_OWN_KEYS_CHANGED: Condition = {
  name: 'job-template-or-our-keys-changed',
  expression: [
    'request.operation != "UPDATE"',
    changed('spec.jobTemplate'),
    anyChanged([
      ['labels', QUEUE_NAME_LABEL],
      ['annotations', QUEUE_NAME_ANNOTATION],
      ['labels', ACCELERATOR_LABEL],
      ['annotations', ACCELERATORS_ANNOTATION],
      ['labels', DATASET_LABEL],
      ['annotations', DATASETS_ANNOTATION],
    ]),
  ].join(' || '),
};
