/** More than any machine has: a range that passes it is a mistake. */
const MOST_CPUS = 8192;

/** The numbers of a set as Linux writes it (`0-3,8`); undefined for a text that is none. An empty text is an empty set. */
export function parseCpuSet(text: string): ReadonlySet<number> | undefined {
  const cpus = new Set<number>();
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const [, first = '', last = first] = RANGE.exec(part.trim()) ?? [];
    if (first === '' || Number(last) < Number(first) || Number(last) >= MOST_CPUS) return undefined;
    for (let cpu = Number(first); cpu <= Number(last); cpu += 1) cpus.add(cpu);
  }
  return cpus;
}

const RANGE = /^(\d{1,5})(?:-(\d{1,5}))?$/;
