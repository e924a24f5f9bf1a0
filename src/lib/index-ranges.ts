/** Whole numbers from 0 to below `end` that a list such as `0-2,5` names; what cannot be read names none. O(length + end). */
export function readIndexRanges(list: string, end: number): ReadonlySet<number> {
  const found = new Set<number>();
  for (const range of list.split(',')) {
    const [from = '', to = from] = range.split('-');
    if (!isIndex(from) || !isIndex(to)) continue;
    for (let index = Number(from); index <= Number(to) && index < end; index += 1) found.add(index);
  }
  return found;
}

/** The list that names these, in order. O(n log n). */
export function formatIndexRanges(indexes: Iterable<number>): string {
  const ranges: { readonly from: number; to: number }[] = [];
  for (const index of [...new Set(indexes)].toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && last.to + 1 === index) last.to = index;
    else ranges.push({ from: index, to: index });
  }
  return ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

function isIndex(text: string): boolean {
  return /^\d{1,9}$/.test(text);
}
