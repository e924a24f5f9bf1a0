import { SERVED_SCHEDULERS } from '../../src/api/keys.ts';
import { namesScheduler } from '../cel.ts';
import type { Condition } from '../conditions.ts';

/** Who names a scheduler of ours gets its service, opted in or not: without a group its pods would wait for ever. */
export const TEMPLATE_IS_SERVED: Condition = {
  name: 'names-a-scheduler-of-ours',
  expression: namesScheduler('object.spec.template.spec', SERVED_SCHEDULERS),
};
