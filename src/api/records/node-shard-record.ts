/** What Sluice keeps of a NodeShard. */
export interface NodeShardRecord {
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly deleting: boolean;
  /** It was made here, and not by hand. */
  readonly isOurs: boolean;
  /** Names of the nodes that are to be in it. */
  readonly desired: readonly string[];
}
