import type { LabelSelector } from './label-selector.ts';

/** What Sluice keeps of a PodDisruptionBudget (policy/v1). */
export interface DisruptionBudgetRecord {
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly selector: LabelSelector;
  /** Pods that may be evicted now; 0 while the status speaks of an older spec. */
  readonly allowed: number;
}
