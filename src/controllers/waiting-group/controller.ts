import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import { WATCHED_POD_GROUPS } from '../../api/watched-kinds.ts';
import type { Controller, Watch } from '../controller.ts';
import { isTold, reconcileWaitingGroup } from './reconcile.ts';

/** Wakes when a group begins to wait, not with each change of what it is told. */
const GROUP_ITSELF: Watch<PodGroupRecord> = {
  kind: WATCHED_POD_GROUPS,
  toKeys: (before, after) => {
    return after !== undefined && isTold(after) && !(before !== undefined && isTold(before)) ? [after.key] : [];
  },
};

/** Keys are `namespace/name` of PodGroups. */
export const WAITING_GROUP: Controller = {
  name: 'waiting-group',
  workers: 1,
  watches: [GROUP_ITSELF],
  access: [],
  reconcile: (key, { view, nowMs, told }) => {
    const group = view.get(WATCHED_POD_GROUPS, key);
    return group === undefined ? [] : reconcileWaitingGroup({ nowMs, group, reported: told(group.owner?.uid ?? '') });
  },
};
