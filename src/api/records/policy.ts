import type { LabelSelector } from './label-selector.ts';
import type { NodeRequirement, Toleration } from './scheduling-shape.ts';

export const CONFLICT_RULES = ['IfAbsent', 'Override', 'RejectOnConflict'] as const;
/** What happens when the object has another value than the policy sets. */
export type ConflictRule = (typeof CONFLICT_RULES)[number];

export const MISSING_RULES = ['Deny', 'Warn', 'Ignore'] as const;
/** What happens when something that the policy names does not exist, or an expression gives no answer. */
export type MissingRule = (typeof MISSING_RULES)[number];

export const ENFORCEMENTS = ['Enforce', 'Warn', 'DryRun'] as const;
/** Whether the policy writes and refuses, writes and warns, or only tells. */
export type Enforcement = (typeof ENFORCEMENTS)[number];

/** A kind of object; `*` stands for every kind of the group. */
export interface PolicyObject {
  readonly group: string;
  readonly resource: string;
}

/** The kind of the object that work begins with; `*` stands for every kind of the group. */
export interface PolicyRoot {
  readonly group: string;
  readonly kind: string;
}

/** What a policy looks at; undefined members were not given. Lists are never empty. */
export interface PolicyMatch {
  readonly namespaceNames: readonly string[] | undefined;
  readonly namespaceSelector: LabelSelector;
  readonly objects: readonly PolicyObject[] | undefined;
  /** Never of what is excluded. */
  readonly roots: readonly PolicyRoot[] | undefined;
  readonly selector: LabelSelector;
  readonly users: readonly string[] | undefined;
  readonly groups: readonly string[] | undefined;
  /** An expression in CEL that compiles. */
  readonly when: string | undefined;
}

/** A value and what becomes of another one that the object has. */
export interface PolicyValue<T> {
  readonly value: T;
  readonly onConflict: ConflictRule;
}

/** A toleration for some time, or for ever. */
export interface PolicyToleration extends Toleration {
  readonly tolerationSeconds?: number;
}

type Entries = PolicyValue<Readonly<Record<string, string>>>;

/** What a policy writes; undefined members are left as they are. */
export interface PolicySettings {
  readonly queue: PolicyValue<string> | undefined;
  readonly minMembers: PolicyValue<number> | undefined;
  readonly priorityClass: PolicyValue<string> | undefined;
  readonly runtimeClass: PolicyValue<string> | undefined;
  readonly labels: Entries | undefined;
  readonly annotations: Entries | undefined;
  readonly tolerations: readonly PolicyToleration[];
  readonly nodeRequirements: readonly NodeRequirement[];
  /** Empty for none. */
  readonly schedulingGate: string;
  /** A wish in words, for pods that bring none; empty for none. */
  readonly accelerators: string;
  /** Datasets to be near, for pods that name none; empty for none. */
  readonly dataLocality: string;
}

/** A policy that can be read, whatever it was written in. */
export interface Policy {
  /** `name`, or `namespace/name` for one of a namespace. */
  readonly id: string;
  /** Its namespace, the only one that it is for; empty for a policy of the cluster. */
  readonly namespace: string;
  readonly name: string;
  readonly priority: number;
  readonly match: PolicyMatch;
  readonly exclude: PolicyMatch;
  readonly settings: PolicySettings;
  readonly onMissingReference: MissingRule;
  /** What happens when an expression gives no answer. */
  readonly onFailedExpression: MissingRule;
  readonly enforcement: Enforcement;
}
