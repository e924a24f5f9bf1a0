import type { PodGroupPhase } from '../../api/records/pod-group-record.ts';

/** PodGroups of a queue by phase; the names are those of the Queue's status. */
export interface GroupCounts {
  readonly pending: number;
  readonly inqueue: number;
  readonly running: number;
  readonly unknown: number;
  readonly completed: number;
}

export const NO_GROUPS: GroupCounts = Object.freeze({ pending: 0, inqueue: 0, running: 0, unknown: 0, completed: 0 });

/** The count that a phase goes into; a group that no scheduler has seen waits like a pending one. */
export function countOf(phase: PodGroupPhase): keyof GroupCounts {
  switch (phase) {
    case 'Inqueue':
      return 'inqueue';
    case 'Running':
      return 'running';
    case 'Unknown':
      return 'unknown';
    case 'Completed':
      return 'completed';
    case 'Pending':
    case '':
      return 'pending';
  }
}
