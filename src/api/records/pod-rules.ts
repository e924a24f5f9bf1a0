import type { LabelSelector } from './label-selector.ts';

/** Pods that a term speaks of: those of some namespaces whose labels the selector wants. */
export interface PodSelection {
  readonly selector: LabelSelector;
  /** By name, sorted; beside those that `namespaceSelector` selects. */
  readonly namespaces: readonly string[];
  /** By their own labels; absent: none, empty: all. */
  readonly namespaceSelector: LabelSelector;
}

/** A required term of pod affinity or anti-affinity: nodes with the same value of the label are one domain. */
export interface PodTerm extends PodSelection {
  readonly topologyKey: string;
  /** The pod is one of those it speaks of, as far as that follows without the labels of its namespace. */
  readonly isOwn: boolean;
}

/** A preferred term of pod affinity or anti-affinity. */
export interface WishTerm extends PodSelection {
  readonly topologyKey: string;
  /** From 1 to 100 for affinity, from -1 to -100 for anti-affinity. */
  readonly weight: number;
}

/** A topology spread constraint. */
export interface SpreadRule {
  readonly topologyKey: string;
  readonly maxSkew: number;
  /** With fewer domains than that, the emptiest counts as having no pod at all. */
  readonly minDomains: number;
  readonly selection: PodSelection;
  /** Only nodes of the pod's node selector and affinity count (nodeAffinityPolicy: Honor). */
  readonly honorsAffinity: boolean;
  /** Only nodes whose taints the pod bears count (nodeTaintsPolicy: Honor). */
  readonly honorsTaints: boolean;
  /** The pod is one of those that are spread. */
  readonly isOwn: boolean;
}

/** What a pod asks of its place because of other pods, in terms that must hold. */
export interface PodRules {
  readonly affinity: readonly PodTerm[];
  readonly antiAffinity: readonly PodTerm[];
  readonly spread: readonly SpreadRule[];
}

/** What a pod would like of its place because of other pods: it goes without if need be. */
export interface PodWishes {
  readonly terms: readonly WishTerm[];
  /** Constraints with `ScheduleAnyway`. */
  readonly spread: readonly SpreadRule[];
}
