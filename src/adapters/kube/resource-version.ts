/**
 * Order of two resourceVersions of one resource: negative when `a` is the older one.
 * Length first, then text: versions are decimal numbers without leading zeros, longer than a double is exact.
 */
export function compareVersions(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
