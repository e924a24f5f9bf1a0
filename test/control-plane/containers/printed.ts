import { expanded, tokensOf, UNKNOWN } from './shell-words.ts';
import type { Variables } from './shell-words.ts';

/** Most numbers of a `seq` that are written out. */
const MOST_NUMBERS = 10_000;

/** What a command prints, with the line's end taken off: known of `echo` and `seq` that stand alone. */
export function printed(command: string, variables: Variables): string {
  const tokens = tokensOf(command) ?? [];
  if (/[<>]/.test(command) || tokens.some(({ kind }) => kind === 'operator')) return UNKNOWN;
  const inner = (nested: string): string => printed(nested, variables);
  const [name, ...args] = tokens.flatMap(({ text }) => expanded(text, variables, inner));
  if (name === 'echo' && !args.some((arg) => arg.startsWith('-'))) return args.join(' ');
  return (name === 'seq' ? sequence(args) : undefined) ?? UNKNOWN;
}

function sequence(args: readonly string[]): string | undefined {
  if (args.length === 0 || args.length > 3 || !args.every((arg) => /^-?\d+$/.test(arg))) return undefined;
  const numbers = args.map(Number);
  const last = numbers.at(-1) ?? 0;
  const first = numbers.length > 1 ? (numbers[0] ?? 1) : 1;
  const step = numbers.length > 2 ? (numbers[1] ?? 1) : 1;
  const count = step === 0 ? Infinity : Math.floor((last - first) / step) + 1;
  if (count > MOST_NUMBERS) return undefined;
  return Array.from({ length: Math.max(0, count) }, (_, at) => first + at * step).join('\n');
}
