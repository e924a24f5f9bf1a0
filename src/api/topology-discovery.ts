/** A network whose parts labels of nodes tell of. */
export interface LabelledTopology {
  /** As it stands in names of HyperNodes. */
  readonly name: string;
  /** Keys of the labels of its tiers, that of the smallest parts first. */
  readonly keys: readonly string[];
}

/** Volcano's configuration of network topologies, as far as it is about labels. */
export interface DiscoverySettings {
  readonly topologies: readonly LabelledTopology[];
}
