import type { Condition } from '../conditions.ts';
import { DAEMON_SET_CONTROLLER_EXPRESSION } from '../requester.ts';
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
