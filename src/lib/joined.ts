/** So many are named; the others are counted. */
const NAMED = 2;

/** e.g. `x`, `x and y`, `x, y and 3 more`; the count when not all names are given. */
export function joined(names: readonly string[], count = names.length): string {
  const named = names.slice(0, NAMED);
  const others = count - named.length;
  return others > 0 ? `${named.join(', ')} and ${others} more` : named.join(' and ');
}
