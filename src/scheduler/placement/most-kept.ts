/** Scores of all pickers together, and of all views: 80 MB each, and as much again for what belongs to them. */
export const MOST_SCORES = 10_000_000;
/** Of a cluster of any size. */
const LEAST = 64;

/**
 * Of how many classes something is kept that has a score for each node. Those beyond that are made anew when their turn comes,
 * which costs time; all of them kept would cost memory without end, since anybody may make classes.
 */
export function mostKept(nodes: number, mostScores: number): number {
  return Math.max(LEAST, Math.floor(mostScores / Math.max(1, nodes)));
}
