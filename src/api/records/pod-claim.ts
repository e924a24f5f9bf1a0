/** A claim whose volume a pod uses. */
export interface PodClaim {
  /** `namespace/name`. */
  readonly key: string;
  /** UID of the pod when the claim is made for it alone (`ephemeral`), else empty. */
  readonly podUid: string;
}

/** Of pods that use none: one list for all of them. */
export const NO_CLAIMS: readonly PodClaim[] = [];
