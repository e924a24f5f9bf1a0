import type { PolicyDocuments } from '../policies/policy-documents.ts';

/** What Sluice keeps of a ConfigMap with policies. */
export interface PolicyMapRecord extends PolicyDocuments {
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** What is written on it about mistakes; empty for nothing. */
  readonly problem: string;
}
