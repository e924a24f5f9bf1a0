import { parseNewerPlan } from '../../api/group-plan.ts';
import { ROOT_QUEUE } from '../../api/keys.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import type { QueueRecord } from '../../api/records/queue-record.ts';
import type { EventEffect, ObjectRef } from '../effect.ts';
import { rootRef } from './plan-root.ts';
import type { PlanRoot } from './plan-root.ts';

/** What a root is told; told once. */
type Trouble = Omit<EventEffect, 'kind'>;

/** Its plan cannot be read. */
export function invalidPlan(root: PlanRoot): Trouble {
  const isNewer = parseNewerPlan(root.record.groupPlan) !== undefined;
  return {
    regarding: rootRef(root),
    type: 'Warning',
    reason: 'InvalidGroupPlan',
    action: 'Grouping',
    note: isNewer
      ? 'Annotation sluice.dev/group-plan is of a newer Sluice than this one: its PodGroup is left as it is until that one runs again.'
      : 'Annotation sluice.dev/group-plan is no plan: no PodGroup is made. Remove it and create the object anew.',
  };
}

/** The name of its group is somebody else's. */
export function takenName(root: PlanRoot, group: PodGroupRecord): Trouble {
  const holder = group.owner === undefined ? 'nobody' : `${group.owner.kind} ${group.owner.name}`;
  return {
    regarding: rootRef(root),
    type: 'Warning',
    reason: 'GroupNameTaken',
    action: 'Grouping',
    note: `PodGroup ${group.name} exists already and belongs to ${holder}: it is left alone. Create the object anew.`,
  };
}

/** The queue of its group takes no work; undefined when it does. */
export function queueRefusal(regarding: ObjectRef, name: string, queue: QueueRecord | undefined): Trouble | undefined {
  if (queue !== undefined && takesWork(queue)) return undefined;
  const [reason, what] =
    queue === undefined
      ? (['QueueNotFound', 'does not exist: no PodGroup is made until it does.'] as const)
      : (['QueueNotOpen', 'takes no new work: no PodGroup is made until it does.'] as const);
  return { regarding, type: 'Warning', reason, action: 'Grouping', note: `Queue ${name} ${what}` };
}

/** False for queues that are closed or on their way out, and for the one that only holds others. */
export function takesWork({ name, state, deleting }: QueueRecord): boolean {
  return name !== ROOT_QUEUE && !deleting && state !== 'Closed' && state !== 'Closing';
}
