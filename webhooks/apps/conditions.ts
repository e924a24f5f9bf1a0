import {
  ACCELERATOR_LABEL,
  ACCELERATORS_ANNOTATION,
  DATASET_LABEL,
  DATASETS_ANNOTATION,
  GROUP_MIN_MEMBER_ANNOTATION,
  QUEUE_NAME_ANNOTATION,
  QUEUE_NAME_LABEL,
} from '../../src/api/keys.ts';
import { anyChanged } from '../cel.ts';
import type { Condition } from '../conditions.ts';

/** Where what a Deployment or StatefulSet says reaches its pods. */
export const TEMPLATE_OR_KEYS_CHANGED: Condition = {
  name: 'template-or-our-keys-changed',
  expression: [
    'request.operation != "UPDATE"',
    'object.spec.template != oldObject.spec.template',
    anyChanged([
      ['labels', QUEUE_NAME_LABEL],
      ['annotations', QUEUE_NAME_ANNOTATION],
      ['annotations', GROUP_MIN_MEMBER_ANNOTATION],
      ['labels', ACCELERATOR_LABEL],
      ['annotations', ACCELERATORS_ANNOTATION],
      ['labels', DATASET_LABEL],
      ['annotations', DATASETS_ANNOTATION],
    ]),
  ].join(' || '),
};
