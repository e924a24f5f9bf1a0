/** How near to each other in the network the pods of a group, or of a part of one, have to be (`networkTopology`). */
export interface NetworkRule {
  /** They are placed within the tier or not at all; else as near as there is room. */
  readonly isHard: boolean;
  /** Highest tier that they may be spread over, 0 at least; undefined when it is not said by number. */
  readonly highestTier: number | undefined;
  /** The same by the name of the tier; empty when it is not said so. */
  readonly tierName: string;
}

/** The rule keeps pods from nodes; one that is hard and names no tier has nothing to hold them to. */
export function isBinding({ isHard, highestTier, tierName }: NetworkRule): boolean {
  return isHard && (highestTier !== undefined || tierName !== '');
}

export function isSameNetwork(a: NetworkRule, b: NetworkRule): boolean {
  return a.isHard === b.isHard && a.highestTier === b.highestTier && a.tierName === b.tierName;
}
