import type { PlannedTask } from '../../src/api/group-plan.ts';

/** Which group a pod belongs to, and whether the group is planned from this pod. */
export interface Membership {
  readonly kind: 'member';
  /** How the group was found, for the audit log. */
  readonly via: string;
  readonly group: string;
  /** Role in the group; empty when the group knows none. */
  readonly task: string;
  /** What the pod plans; undefined when it only joins. */
  readonly plan: PlanOfPod | undefined;
  /** The queue that stands on the pod was checked when its root was admitted. */
  readonly queueChecked: boolean;
}

/** A group as one of its pods plans it. */
export interface PlanOfPod {
  readonly tasks: readonly PlannedTask[];
  /** Pods like this one that must be placed together in stage 0: what the plan asks room for. */
  readonly first: number;
  /** Its peers plan the same group: the plan is written only while the group is not known to exist. */
  readonly shared: boolean;
}

/** A member that joins a group planned elsewhere. */
export function joins(via: string, group: string, task: string, queueChecked: boolean): Membership {
  return { kind: 'member', via, group, task, plan: undefined, queueChecked };
}

/** A member that its group is planned from. */
export function plans(via: string, group: string, task: string, plan: PlanOfPod): Membership {
  return { kind: 'member', via, group, task, plan, queueChecked: false };
}
