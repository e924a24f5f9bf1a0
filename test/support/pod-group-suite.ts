import type { Effect, ObjectRef } from '../../src/controllers/effect.ts';
import { eventFingerprint } from '../../src/controllers/effect.ts';
import type { ObservedPodGroup } from '../../src/controllers/pod-group/observed.ts';
import { rootRef } from '../../src/controllers/pod-group/plan-root.ts';
import type { PlanRoot } from '../../src/controllers/pod-group/plan-root.ts';
import { reconcilePodGroup } from '../../src/controllers/pod-group/reconcile.ts';
import { NO_SUBMITTER_KEYS } from '../../src/api/submitter-claim.ts';
import { POD_GROUPS } from '../../src/api/resources.ts';
import type { ControllerModel } from './controller-model.ts';
import { makeQueue } from './records.ts';
import type { makePodGroup } from './records.ts';
import type { ReconcileSuite } from './reconcile-table.ts';

/** A root that nobody has made a group for, in a namespace that opted in; `overrides` replaces some. */
export function observePlan(root: PlanRoot, overrides: Partial<ObservedPodGroup> = {}): ObservedPodGroup {
  return {
    nowMs: 60_000,
    root,
    group: undefined,
    isOptedIn: true,
    members: [],
    succeededMembers: 0,
    workload: undefined,
    submitterKeys: NO_SUBMITTER_KEYS,
    queue: (name) => makeQueue(name),
    reported: new Set(),
    ...overrides,
  };
}

/** The effect that changes a group as its root wants it. */
export function patchOfGroup(group: ReturnType<typeof makePodGroup>, root: PlanRoot, body: object): Effect {
  return {
    kind: 'patch',
    type: POD_GROUPS,
    namespace: 'ns',
    name: group.name,
    regarding: rootRef(root),
    precondition: { uid: group.uid, resourceVersion: group.resourceVersion },
    body: structuredClone(body) as Record<string, never>,
  };
}

/** How a table of groups is run. */
export const POD_GROUP_SUITE: ReconcileSuite<ObservedPodGroup> = {
  reconcile: reconcilePodGroup,
  load: ({ group }: ObservedPodGroup, model: ControllerModel) => {
    if (group !== undefined) model.put('podgroups', group.key, group);
  },
  observe: (observed: ObservedPodGroup, model: ControllerModel) => ({
    ...observed,
    group: [...model.stores.podgroups.values()][0],
    reported: new Set([...observed.reported, ...model.events.map((event) => eventFingerprint(event))]),
  }),
};

/** What a root is told whose group `train-n0nce` of three is made. */
export function plannedEvent(regarding: ObjectRef, facts: string): Effect {
  const given = 'Its pods have that group, their role and queue, and the scheduler sluice where they named none.';
  const note = `PodGroup train-n0nce in queue default starts with 3 worker (${facts}). ${given}`;
  return { kind: 'event', regarding, type: 'Normal', reason: 'GroupPlanned', action: 'Grouping', note };
}
