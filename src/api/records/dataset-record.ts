/** One level of nearness. */
export interface DatasetTier {
  /** Label key of nodes. */
  readonly key: string;
  /** 1 to 100; less than that of the tier before. */
  readonly weight: number;
}

/** Domains of one level that have the same part of the data. */
export interface CachedShare {
  /** Label key of a tier. */
  readonly key: string;
  readonly values: readonly string[];
  /** Above 0, up to 1. */
  readonly share: number;
}

/** What Sluice keeps of a Dataset. */
export interface DatasetRecord {
  /** `namespace/name`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** The nearest first. */
  readonly tiers: readonly DatasetTier[];
  readonly cached: readonly CachedShare[];
  /** `namespace/name` of the claim that holds it; empty for none. */
  readonly volumeClaim: string;
  /** Label of nodes with which Fluid marks the dataset's cache; empty for none. */
  readonly fluidLabel: string;
  /** The prefetch hint that stands on it; empty for none. */
  readonly prefetch: string;
}
