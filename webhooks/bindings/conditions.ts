import type { Condition } from '../conditions.ts';

/** Most bindings of most clusters; it binds no pod of ours. */
export const NOT_FROM_KUBE_SCHEDULER: Condition = {
  name: 'not-from-kube-scheduler',
  expression: 'request.userInfo.username != "system:kube-scheduler"',
};
