import type { JsonObject } from '../../lib/json.ts';

/** What one entry of its members selects. */
export interface HyperNodeMembers {
  readonly kind: 'Node' | 'HyperNode';
  readonly matches: (name: string, labels: ReadonlyMap<string, string>) => boolean;
}

/** What Sluice keeps of a HyperNode. */
export interface HyperNodeRecord {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly deleting: boolean;
  readonly labels: ReadonlyMap<string, string>;
  /** As it is written. */
  readonly spec: JsonObject;
  readonly members: readonly HyperNodeMembers[];
  /** As its status says; undefined when that says nothing. */
  readonly nodeCount: number | undefined;
}
