/** Said instead of an empty table; the exit code is 0. */
export const NOTHING_FOUND = 'No resources found';
