import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import { POD_GROUPS } from '../../api/resources.ts';
import type { Effect } from '../effect.ts';
import { isLive } from './plan-root.ts';
import type { PlanRoot } from './plan-root.ts';
import { rootStateAnnotation } from './resources.ts';

/** Made by Sluice, and nobody's any more: its owner was deleted with `--cascade=orphan`. */
export function isOwnerless(group: PodGroupRecord | undefined): group is PodGroupRecord {
  return group !== undefined && group.origin !== '' && group.owner === undefined;
}

/** True for an ownerless group whose root is not to come back: a Job that stands is told that the name is taken instead. */
export function isLeftBehind(group: PodGroupRecord | undefined, roots: readonly PlanRoot[]): group is PodGroupRecord {
  return isOwnerless(group) && !group.deleting && roots.every((root) => root.kind === 'pod' || !isLive(root));
}

/** The pods that were left behind want to run as they did before, and their group goes with the last of them: nobody else would delete it. */
export function keepLeftBehind(group: PodGroupRecord, hasPods: boolean): readonly Effect[] {
  const { namespace, name, uid, resourceVersion } = group;
  const target = { type: POD_GROUPS, namespace, name, regarding: { type: POD_GROUPS, namespace, name, uid } };
  const precondition = { uid, resourceVersion };
  if (!hasPods) return [{ kind: 'delete', ...target, precondition, propagation: 'Background' }];
  if (group.rootState === 'Active') return [];
  return [
    { kind: 'patch', ...target, precondition, body: { metadata: { annotations: rootStateAnnotation('Active') } } },
  ];
}
