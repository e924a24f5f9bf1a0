const MS_OF: ReadonlyMap<string, number> = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** Milliseconds; what Go holds is 64 bits of nanoseconds. */
const LONGEST = 2 ** 63 / 1e6;
/** Characters; anybody may write an annotation, and nobody needs more. */
const LONGEST_TEXT = 100;

/** Milliseconds of a duration as Go writes it (`1h2m3s`, `1.5h`, `-300ms`, `0`); undefined for anything else. */
export function durationMs(text: string): number | undefined {
  const unsigned = text.replace(/^[+-]/, '');
  if (unsigned === '0') return 0;
  if (unsigned === '' || text.length > LONGEST_TEXT) return undefined;
  let ms = 0;
  let end = 0;
  for (const match of unsigned.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)) {
    if (match.index !== end) return undefined;
    end += match[0].length;
    ms += Number(match[1]) * (MS_OF.get(match[2] ?? '') ?? 0);
  }
  if (end !== unsigned.length || ms > LONGEST) return undefined;
  return text.startsWith('-') ? -ms : ms;
}

/** A duration as Go writes it, to the second (`1h2m3s`); nothing is told in units above hours. */
export function goDuration(ms: number): string {
  const all = Math.round(ms / 1000);
  const [hours, minutes, seconds] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}
