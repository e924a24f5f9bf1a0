import { labelValue, selects } from './label-selector.ts';
import type { LabelPairs, LabelSelector } from './label-selector.ts';
import type { NetworkRule } from './network-rule.ts';

/** How some pods of a group are split into parts (`spec.subGroupPolicy` of a PodGroup). */
export interface SubGroupPolicyRecord {
  /** As written, or what stands for its place in the list. */
  readonly name: string;
  /** Undefined for one that cannot be read: it is for no pod. */
  readonly selector: LabelSelector;
  /** Pods with equal values of these labels are of one part; none: all that are selected are. */
  readonly matchLabelKeys: readonly string[];
  /** Pods of a part that are placed together or not at all; 1 at least. */
  readonly size: number;
  /** Parts that have to be whole for the group to start. */
  readonly minSubGroups: number;
  /** How near to each other the pods of each part have to be. */
  readonly network: NetworkRule | undefined;
}

/** Of most groups. */
export const NO_POLICIES: readonly SubGroupPolicyRecord[] = [];

/** A part of a group: its policy, by the place in the list, and the values that its pods have in common. */
export interface SubGroupName {
  readonly policy: number;
  readonly values: readonly string[];
}

/**
 * The part that a pod with the labels is of: that of the first policy that selects it and whose labels it has; undefined for
 * a pod that stands for itself. O(policies x labels).
 */
export function subGroupOf(policies: readonly SubGroupPolicyRecord[], labels: LabelPairs): SubGroupName | undefined {
  for (const [policy, { selector, matchLabelKeys }] of policies.entries()) {
    if (!selects(selector, labels)) continue;
    const values = matchLabelKeys.flatMap((key) => labelValue(labels, key) ?? []);
    if (values.length === matchLabelKeys.length) return { policy, values };
  }
  return undefined;
}

/** Different texts for different parts of a group. Values of labels have no slash. */
export function subGroupKey({ policy, values }: SubGroupName): string {
  return `${policy}/${values.join('/')}`;
}

export function areSamePolicies(a: readonly SubGroupPolicyRecord[], b: readonly SubGroupPolicyRecord[]): boolean {
  return a === b || (a.length === b.length && JSON.stringify(a) === JSON.stringify(b));
}
