/** Orders two resourceVersions: by length, then as text (KEP-5504 makes them comparable numbers without bounds). */
export function compareResourceVersions(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
