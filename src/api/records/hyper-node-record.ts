import type { JsonObject } from '../../lib/json.ts';

/** What one entry of its members selects. */
export interface HyperNodeMembers {
  readonly kind: 'Node' | 'HyperNode';
  /** Name of the one member that is meant; empty when they are selected in another way. */
  readonly exact: string;
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
  /** Level of the network, 0 at least. */
  readonly tier: number;
  /** The same as a word; may be empty. */
  readonly tierName: string;
  readonly members: readonly HyperNodeMembers[];
  /** As its status says; undefined when that says nothing. */
  readonly nodeCount: number | undefined;
}
