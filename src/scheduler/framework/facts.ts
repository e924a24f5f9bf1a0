/** What a cycle is told about the world beyond its snapshot: the core has no clock and asks nobody. */
export interface CycleFacts {
  /** Wall clock, milliseconds since 1970. */
  readonly nowMs: number;
}
