import type { NodeTerm } from './scheduling-shape.ts';

/** What Sluice keeps of a StorageClass. */
export interface StorageClassRecord {
  readonly name: string;
  readonly provisioner: string;
  /** Its claims are bound only once a scheduler has chosen a node (`WaitForFirstConsumer`). */
  readonly waitsForConsumer: boolean;
  /** Volumes are made only where a node matches one of them; undefined: anywhere. */
  readonly topologies: readonly NodeTerm[] | undefined;
}
