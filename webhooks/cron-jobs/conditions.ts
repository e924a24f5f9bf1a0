import {
  ACCELERATOR_LABEL,
  ACCELERATORS_ANNOTATION,
  DATASET_LABEL,
  DATASETS_ANNOTATION,
  QUEUE_NAME_ANNOTATION,
  QUEUE_NAME_LABEL,
  SERVED_SCHEDULERS,
} from '../../src/api/keys.ts';
import { anyChanged, changed, namesScheduler } from '../cel.ts';
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

/** Its pods wait for a scheduler of ours, opted in or not. */
export const JOB_TEMPLATE_IS_SERVED: Condition = {
  name: 'names-a-scheduler-of-ours',
  expression: namesScheduler('object.spec.jobTemplate.spec.template.spec', SERVED_SCHEDULERS),
};
