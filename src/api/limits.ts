/** Phases that are told of one job, the latest ones. */
export const MAX_HISTORIES = 100;

/** Names that the status holds: each change of them writes all. */
export const MAX_LISTED_JOBS = 1000;

/** Characters of a spec that a status keeps. */
export const MAX_KEPT_LENGTH = 262_144;
