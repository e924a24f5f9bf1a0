/** Which nodes a scheduler takes, and which first; several are asked one after the other. */
export type ShardPolicy =
  /** Nodes of whose CPU pods ask for a share between the two, 0 to 1; the fuller the better. */
  | { readonly name: 'allocation-rate'; readonly weight: number; readonly min: number; readonly max: number }
  /** Nodes with that label are better. */
  | { readonly name: 'warmup'; readonly weight: number; readonly label: string; readonly value: string }
  /** No more than `max` nodes; fewer than `min` are told of, since nobody can make nodes. */
  | { readonly name: 'node-limit'; readonly min: number; readonly max: number };

/** A scheduler that gets a NodeShard of its name. */
export interface ShardedScheduler {
  readonly name: string;
  readonly policies: readonly ShardPolicy[];
}

/** Volcano's sharding configuration. */
export interface ShardingSettings {
  /** The first takes its nodes first. */
  readonly schedulers: readonly ShardedScheduler[];
  readonly syncMs: number;
  /** Nodes that come, go or get other labels are looked at as it happens. */
  readonly isEventful: boolean;
}
