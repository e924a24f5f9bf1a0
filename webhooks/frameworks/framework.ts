import type { ClusterView } from '../admission.ts';
import type { DenyVerdict } from '../verdict.ts';
import type { Membership } from '../pods/membership.ts';
import type { PodFacts } from '../pods/pod-facts.ts';

/** Recognises the pods of one framework that creates pods itself, and says which group they form. */
export interface PodFramework {
  readonly name: string;
  matches(pod: PodFacts): boolean;
  /**
   * Called only when `matches`. Every pod of one application must get the same group from its own facts alone; the view
   * tells only whether that group is planned already.
   */
  membership(pod: PodFacts, view: ClusterView): Membership | DenyVerdict;
}
