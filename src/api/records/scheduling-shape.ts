import type { PodRules, PodWishes } from './pod-rules.ts';

/** Amounts by resource name: cpu in milli, memory and storage in KiB, all else in counts. Safe integers. */
export type ResourceAmounts = ReadonlyMap<string, number>;

export interface TaintRecord {
  readonly key: string;
  readonly value: string;
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
}

export interface Toleration {
  readonly key: string;
  readonly operator: 'Equal' | 'Exists';
  readonly value: string;
  /** Empty: every effect. */
  readonly effect: string;
}

export interface NodeRequirement {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist' | 'Gt' | 'Lt';
  readonly values: readonly string[];
}

/** All requirements of a term must hold (AND); `fields` match `metadata.name` only, as in Kubernetes. */
export interface NodeTerm {
  readonly labels: readonly NodeRequirement[];
  readonly fields: readonly NodeRequirement[];
}

export interface PreferredNodeTerm extends NodeTerm {
  readonly weight: number;
}

export interface HostPort {
  readonly protocol: string;
  readonly port: number;
  /** `0.0.0.0` stands for every address. */
  readonly ip: string;
}

/**
 * Everything about a pod that decides where it fits and how well: equal shapes form one task class.
 * Requests follow Kubernetes: max(sum of containers and sidecars, init steps) + overhead, plus `pods: 1`. While a pod is
 * resized in place they are the largest of what it asks for, is allocated and has.
 */
export interface SchedulingShape {
  /** Canonical text of all other fields; equal keys mean equal shapes. */
  readonly key: string;
  readonly requests: ResourceAmounts;
  readonly nodeSelector: ReadonlyMap<string, string>;
  /** OR over terms; undefined when there is no required node affinity; an empty list matches nothing. */
  readonly requiredTerms: readonly NodeTerm[] | undefined;
  readonly preferredTerms: readonly PreferredNodeTerm[];
  readonly tolerations: readonly Toleration[];
  readonly hostPorts: readonly HostPort[];
  /** What it must have because of other pods; undefined for most. */
  readonly rules: PodRules | undefined;
  /** What it would like because of other pods; undefined for most. */
  readonly wishes: PodWishes | undefined;
  /** It may use nodes that are taken back at times (`volcano.sh/revocable-zone`). */
  readonly isRevocable: boolean;
  /** Needs that the scheduler does not look at yet, in words. A pod that has any is placed nowhere. */
  readonly needs: readonly string[];
}
