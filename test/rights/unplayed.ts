/** `role: right` for what no end-to-end test plays, each with what it is for. */
export const UNPLAYED: ReadonlyMap<string, string> = new Map([]);
