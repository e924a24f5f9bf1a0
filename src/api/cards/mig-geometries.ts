/** Instances of one size that a card has when it is cut in one way. */
export interface MigProfile {
  /** The vendor's, such as `1g.10gb`. */
  readonly name: string;
  /** Of one instance, in the unit in which pods ask. */
  readonly memory: number;
  readonly count: number;
}

/** One way in which the hardware cuts a card. */
export interface MigGeometry {
  readonly group: string;
  /** Instances are counted through, from 0, in this order. */
  readonly profiles: readonly MigProfile[];
}

/** In which ways cards of some models may be cut. */
export interface ModelGeometries {
  /** Texts of which one is part of the card's type. */
  readonly models: readonly string[];
  /** The first that serves an idle card is taken. */
  readonly geometries: readonly MigGeometry[];
}

/** What is known of how cards are cut. */
export interface KnownGeometries {
  /** Who says it, in words. */
  readonly source: string;
  /** The first that names a card's model counts; undefined where nothing is said. */
  readonly models: readonly ModelGeometries[] | undefined;
}
