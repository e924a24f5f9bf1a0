import type { AdmitFn, Operation } from './admission.ts';

/** One row of the registry table: what the API server is told to send, and who answers. */
export interface RegistryEntry {
  /** `mutate` rows run in table order on one working copy; `validate` rows all run. */
  readonly phase: 'mutate' | 'validate';
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly operations: readonly Operation[];
  readonly scope: 'Namespaced' | 'Cluster';
  /** Only namespaces that opted in; cluster-scoped rows have false. */
  readonly optedInOnly: boolean;
  readonly admit: AdmitFn;
}
