import type { LabelPairs } from './label-selector.ts';

/** What Sluice keeps of a Namespace. */
export interface NamespaceRecord {
  readonly name: string;
  /** On its way out, with everything in it. */
  readonly deleting: boolean;
  readonly labels: LabelPairs;
  /** Carries the opt-in label `sluice.dev/admission: enabled`. */
  readonly optedIn: boolean;
  /** Default queue from its annotation, empty when none. */
  readonly defaultQueue: string;
}
