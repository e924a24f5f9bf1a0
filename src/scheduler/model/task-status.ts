/** Where a task stands; Volcano's names. The numbers index the counters of a job. */
export const TaskStatus = {
  Pending: 0,
  /** Placed by an open statement; undone unless the statement commits. */
  Allocated: 1,
  /** Promised room that is still being freed; nothing is written. */
  Pipelined: 2,
  /** Committed, on its way to the API server. */
  Binding: 3,
  Bound: 4,
  Running: 5,
  /** Being deleted and still holding its node's resources. */
  Releasing: 6,
  Succeeded: 7,
  Failed: 8,
  Unknown: 9,
} as const;

export type TaskStatus = (typeof TaskStatus)[keyof typeof TaskStatus];

/** True while the task takes room on its node. */
export function holdsNode(status: TaskStatus): boolean {
  return (
    (status >= TaskStatus.Binding && status <= TaskStatus.Releasing) ||
    status === TaskStatus.Allocated ||
    status === TaskStatus.Unknown
  );
}
