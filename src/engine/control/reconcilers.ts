import type { SubmitterKeys } from '../../api/submitter-claim.ts';
import { sharedGroupName } from '../../api/workload-group.ts';
import type { Effect } from '../../controllers/effect.ts';
import { isLeftBehind, keepLeftBehind } from '../../controllers/pod-group/left-behind.ts';
import { countsSuccesses } from '../../controllers/pod-group/possible-plan.ts';
import { reconcilePodGroup } from '../../controllers/pod-group/reconcile.ts';
import { dropUnused } from '../../controllers/pod-group/workload.ts';
import type { ObservedWorkload } from '../../controllers/pod-group/workload.ts';
import { adoptedGroupName } from '../../controllers/repair/loose-pod.ts';
import { reconcileMissingGroup } from '../../controllers/repair/missing-group.ts';
import { reconcileLoosePod } from '../../controllers/repair/reconcile.ts';
import type { ControllerEventMemory } from './event-memory.ts';
import { rootsOf } from './group-entry.ts';
import type { GroupEntry } from './group-entry.ts';
import type { ControllerState } from './control-state.ts';
import type { GrowingGroups } from '../growing-groups.ts';
import type { Clock } from '../ports.ts';
import type { Reconciler } from './runner.ts';

/** What observing needs. */
export interface ControllerView {
  readonly state: ControllerState;
  readonly memory: ControllerEventMemory;
  readonly clock: Clock;
  readonly submitterKeys: SubmitterKeys;
  readonly growing: GrowingGroups;
}

/** Many at once: a gang can not be bound before its group exists, so this wait is everybody's. */
const GROUP_WORKERS = 16;
const REPAIR_WORKERS = 4;

/** Keys are `namespace/name` of planned groups. */
export function makeGroupReconciler(view: ControllerView): Reconciler {
  return {
    name: 'pod-group',
    workers: GROUP_WORKERS,
    reconcile: (key) => {
      const effects = reconcileGroupKey(view, key);
      // Before the first of them is carried out: pods may come meanwhile.
      view.growing.looked(key, effects);
      return effects;
    },
    onApplied: () => undefined,
  };
}

/** Keys are `namespace/name` of pods without a group. */
export function makeLoosePodReconciler(view: ControllerView): Reconciler {
  return {
    name: 'repair',
    workers: REPAIR_WORKERS,
    reconcile: (key) => reconcileLoosePodKey(view, key),
    onApplied: () => undefined,
  };
}

/** Keys are `namespace/name` of groups that pods name. */
export function makeMissingGroupReconciler(view: ControllerView): Reconciler {
  return {
    name: 'missing-group',
    workers: 1,
    reconcile: (key) => reconcileMissingGroupKey(view, key),
    onApplied: () => undefined,
  };
}

function reconcileGroupKey({ state, memory, clock, submitterKeys }: ControllerView, key: string): readonly Effect[] {
  const entry = state.entries.get(key);
  if (entry === undefined) return [];
  const { group } = entry;
  const roots = rootsOf(entry);
  if (isLeftBehind(group, roots)) return keepLeftBehind(group, entry.members.size > 0);
  const nowMs = clock.nowMs();
  const workload = sharedBy(state, entry, key);
  if (group !== undefined && workload !== undefined && entry.members.size === 0) return dropUnused(group, workload);
  const members = entry.gatingTasks.size > 0 || entry.hasObjectRoot ? [...entry.members.values()] : [];
  return roots.flatMap((root) =>
    reconcilePodGroup({
      nowMs,
      root,
      group,
      isOptedIn: state.namespace(root.record.namespace)?.optedIn === true,
      members,
      succeededMembers: root.kind === 'job' && countsSuccesses(root.record, group) ? succeededMembers(entry) : 0,
      workload,
      submitterKeys,
      queue: (name) => state.queue(name),
      reported: memory.toldOf(root.record.uid),
    }),
  );
}

/** What makes the pods of a group that bears its UID in its name. */
function sharedBy(state: ControllerState, { group, members }: GroupEntry, key: string): ObservedWorkload | undefined {
  const [first] = members.values();
  const owner = group?.owner ?? first?.owner;
  const [namespace, name] = key.split('/', 2);
  if (owner === undefined || name !== sharedGroupName(owner.uid)) return undefined;
  return state.workload(namespace ?? '', owner.uid);
}

function succeededMembers({ members }: GroupEntry): number {
  let count = 0;
  for (const { phase } of members.values()) if (phase === 'Succeeded') count += 1;
  return count;
}

function reconcileLoosePodKey({ state, memory, clock, submitterKeys }: ControllerView, key: string): readonly Effect[] {
  const pod = state.pod(key);
  if (pod === undefined) return [];
  const workload = pod.owner === undefined ? undefined : state.workload(pod.namespace, pod.owner.uid);
  return reconcileLoosePod({
    nowMs: clock.nowMs(),
    pod,
    namespace: state.namespace(pod.namespace),
    job: pod.owner === undefined ? undefined : state.plannedJob(pod.owner.uid),
    workload,
    group: state.group(`${pod.namespace}/${adoptedGroupName(pod, workload)}`),
    queue: (name) => state.queue(name),
    reported: memory.toldOf(pod.uid),
    submitterKeys,
  });
}

function reconcileMissingGroupKey({ state, memory, clock }: ControllerView, key: string): readonly Effect[] {
  const entry = state.entries.get(key);
  if (entry === undefined || entry.group !== undefined) return [];
  return reconcileMissingGroup({
    nowMs: clock.nowMs(),
    name: key.slice(key.indexOf('/') + 1),
    group: undefined,
    members: [...entry.members.values()],
    reported: (uid) => memory.toldOf(uid),
  });
}
