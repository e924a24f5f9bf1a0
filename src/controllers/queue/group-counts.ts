import type { PodGroupPhase, RootState } from '../../api/records/pod-group-record.ts';

/** PodGroups of a queue by phase; the names are those of the Queue's status. */
export interface GroupCounts {
  readonly pending: number;
  readonly inqueue: number;
  readonly running: number;
  readonly unknown: number;
  readonly completed: number;
}

export const NO_GROUPS: GroupCounts = Object.freeze({ pending: 0, inqueue: 0, running: 0, unknown: 0, completed: 0 });

/**
 * The count that a group goes into; one that no scheduler has seen waits like a pending one. A group whose root is
 * suspended or at its end waits for nothing: it is counted only while pods of it run, and once it is completed.
 */
export function countOf(phase: PodGroupPhase, root: RootState): keyof GroupCounts | undefined {
  switch (phase) {
    case 'Inqueue':
      return root === 'Active' ? 'inqueue' : undefined;
    case 'Running':
      return 'running';
    case 'Unknown':
      return 'unknown';
    case 'Completed':
      return 'completed';
    case 'Pending':
    case '':
      return root === 'Active' ? 'pending' : undefined;
  }
}
