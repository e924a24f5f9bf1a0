import { UNPLAYED } from './unplayed.ts';
import type { RightsUsage } from './usage.ts';

/** Names of files: those whose logs are summed up, and all that there are. */
interface Files {
  readonly ran: readonly string[];
  readonly all: readonly string[];
}

/** What runs over files have shown, and whether it is as it should be. Unused rights count once every file has run. */
export function verdictOf(
  usage: RightsUsage,
  { ran, all }: Files,
  reasons: ReadonlyMap<string, string> = UNPLAYED,
): { readonly text: string; readonly isRight: boolean } {
  const { asked, denied, writesOfReader } = usage;
  const isWhole = all.every((name) => ran.includes(name));
  const unused = usage.unused.filter((right) => !reasons.has(right));
  const unplayed = usage.unused.filter((right) => reasons.has(right));
  const played = isWhole ? [...reasons.keys()].filter((right) => !usage.unused.includes(right)) : [];
  const missing = all.filter((name) => !ran.includes(name));
  const text = [
    ...listed(
      'asked',
      [...asked].map(([account, count]) => `${account}: ${count} requests`),
    ),
    ...listed('denied', denied),
    ...listed('written by who only answers reviews', writesOfReader),
    ...listed('rights that nobody took', unused),
    ...listed(
      'rights for what no test plays',
      unplayed.map((right) => `${right}: ${reasons.get(right)}`),
    ),
    ...listed('rights that are taken, although no test is said to play them', played),
    ...listed('files that have not run', missing),
    `${ran.length} files: ${denied.length} denied, ${unused.length} unused, who answers reviews wrote ${writesOfReader.length}`,
  ].join('\n');
  const isUsed = !isWhole || unused.length === 0;
  return { text, isRight: denied.length + writesOfReader.length === 0 && isUsed };
}

function listed(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${line}`)];
}
