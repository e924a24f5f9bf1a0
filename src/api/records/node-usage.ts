/** What of a node was in use on average over the last minutes, as measured: percent of what the machine has, 0 to 100. */
export interface NodeUsage {
  readonly cpu: number;
  readonly memory: number;
}
