import type { GroupPlan, PlannedTask } from '../../src/api/group-plan.ts';
import type { NetworkRule } from '../../src/api/records/network-rule.ts';
import type { ResourceAmounts } from '../../src/api/records/scheduling-shape.ts';

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
  /** The queue that stands on the pod, or that was handed down, was checked when its root was admitted. */
  readonly queueChecked: boolean;
  /** What an object above the pod handed down; absent when there is none. */
  readonly inherited?: InheritedGroup;
}

/** A group that was planned for an object above the pod. */
export interface InheritedGroup {
  readonly queue: string;
  /** The plan, when nothing above the pod carries it. */
  readonly plan: GroupPlan | undefined;
}

/** A group as one of its pods plans it. */
export interface PlanOfPod {
  readonly tasks: readonly PlannedTask[];
  /** What the members need that the minima of all stages ask for. */
  readonly room: ResourceAmounts;
  /** How near to each other they have to be; undefined when nobody says. */
  readonly network?: NetworkRule | undefined;
  /**
   * `controller`: its peers plan the same group. Each of them carries the plan, so that a group that went is made again
   * from whoever is left.
   */
  readonly owner: GroupPlan['owner'];
}

/** A member that joins a group planned elsewhere. */
export function joins(via: string, group: string, task: string, queueChecked: boolean): Membership {
  return { kind: 'member', via, group, task, plan: undefined, queueChecked };
}

/** A member of a group that was planned for an object above it. */
export function inherits(group: string, task: string, queueChecked: boolean, inherited: InheritedGroup): Membership {
  return { kind: 'member', via: 'root', group, task, plan: undefined, queueChecked, inherited };
}

/** A member that its group is planned from. */
export function plans(via: string, group: string, task: string, plan: PlanOfPod): Membership {
  return { kind: 'member', via, group, task, plan, queueChecked: false };
}
