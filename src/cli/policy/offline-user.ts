/** Who writes. */
export interface OfflineUser {
  readonly name: string;
  readonly groups: readonly string[];
}
