/** Condition of a Queue whose guarantee the cluster cannot keep. */
export const GUARANTEE_KEPT = 'GuaranteeKept';

/** Condition of a Queue that stands below queues that do not exist, or that name each other in a circle, or nobody can read where. */
export const PARENT_KNOWN = 'ParentKnown';

/** Those that Sluice writes. */
export const QUEUE_CONDITIONS: readonly string[] = [GUARANTEE_KEPT, PARENT_KNOWN];
