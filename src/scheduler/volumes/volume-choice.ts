/** What becomes of an unbound claim when a pod that uses it is placed. */
export interface VolumeChoice {
  /** `namespace/name`. */
  readonly claim: string;
  /** Name of the volume that it is to be bound to; empty: one is to be made for the node. */
  readonly volume: string;
}
