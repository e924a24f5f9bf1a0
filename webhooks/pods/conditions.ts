import { GROUP_PLAN_ANNOTATION, SERVED_SCHEDULERS, VOLCANO_GROUP_NAME_ANNOTATION } from '../../src/api/keys.ts';
import { anyChanged, namesScheduler } from '../cel.ts';
import type { Condition } from '../conditions.ts';
import { DAEMON_SET_CONTROLLER_EXPRESSION } from '../requester.ts';
import { STAMP_KEYS } from '../stamp.ts';
import { SETTLED_EXPRESSION } from './settled.ts';

export const NOT_OF_A_DAEMON_SET: Condition = {
  name: 'not-of-a-daemon-set',
  expression:
    `!(${DAEMON_SET_CONTROLLER_EXPRESSION}) || !has(object.metadata.ownerReferences) || ` +
    '!object.metadata.ownerReferences.exists(o, o.kind == "DaemonSet" && has(o.controller) && o.controller)',
};

/**
 * Pods that come stamped out of their Job's template are most of all pods: asking about each would cost the API server more
 * than anything else that Sluice adds to a pod.
 */
export const NOT_STAMPED_YET: Condition = { name: 'not-stamped-yet', expression: `!(${SETTLED_EXPRESSION})` };

/** Who names a scheduler of ours gets its service, opted in or not: without a group the pod would wait for ever. */
export const POD_IS_SERVED: Condition = {
  name: 'names-a-scheduler-of-ours',
  expression: namesScheduler('object.spec', SERVED_SCHEDULERS),
};

/** Of all updates of pods, those that touch what makes the pod a member. */
export const MEMBERSHIP_CHANGED: Condition = {
  name: 'membership-changed',
  expression: anyChanged([
    ...STAMP_KEYS,
    ['annotations', VOLCANO_GROUP_NAME_ANNOTATION],
    ['annotations', GROUP_PLAN_ANNOTATION],
  ]),
};
