import type { RuleOwner } from './pod-rules.ts';

/** What the shape takes from the pod's metadata. */
export interface ShapeOwner extends RuleOwner {
  readonly isRevocable: boolean;
}
