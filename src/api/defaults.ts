/** Times that a job, or a pod of a task, is started anew where nobody says how often. */
export const DEFAULT_MAX_RETRY = 3;

/** Jobs that have come to their end and are kept, where nobody says how many. */
export const KEPT_JOBS = { successful: 3, failed: 1 } as const;
