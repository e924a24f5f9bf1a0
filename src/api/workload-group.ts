/**
 * Name of the group that all pods of one controller share, and of that of a pod without one, by the UID of either: as
 * Volcano has it.
 */
export function sharedGroupName(uid: string): string {
  return `podgroup-${uid}`;
}
