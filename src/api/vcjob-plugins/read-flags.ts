import type { Flag, FlagMistake, Flags, FlagValues } from './flag.ts';

export interface ReadFlags<F extends Flags> {
  readonly values: FlagValues<F>;
  readonly mistake: FlagMistake | undefined;
}

/** Reads arguments from the left, as Go does: it ends at `--`, and at the first one that cannot be taken. O(given). */
export function readFlags<F extends Flags>(flags: F, given: readonly string[]): ReadFlags<F> {
  const values: Record<string, unknown> = {};
  for (const [key, { fallback }] of Object.entries(flags)) values[key] = fallback;
  let mistake: FlagMistake | undefined;
  for (let at = 0; at < given.length && mistake === undefined && given[at] !== '--';) {
    const read = readFlag(flags, given, at);
    mistake = read.mistake;
    if (read.key !== undefined) values[read.key] = read.value;
    at += read.length;
  }
  // One value for each flag, by its own reader or as its fallback.
  return { values: values as FlagValues<F>, mistake };
}

interface ReadFlag {
  readonly key?: string;
  readonly value?: unknown;
  /** Arguments that it took: two for `--port 22`. */
  readonly length: number;
  readonly mistake: FlagMistake | undefined;
}

function readFlag(flags: Flags, given: readonly string[], at: number): ReadFlag {
  const argument = given[at] ?? '';
  const [, name = '', , said] = /^--?([^-=][^=]*)(=([^]*))?$/u.exec(argument) ?? [];
  if (name === '') return mistakeAt(at, `no argument: one begins with -- and its name`, true);
  const [key, flag] = Object.entries(flags).find(([, one]) => one.name === name) ?? [];
  if (key === undefined || flag === undefined) {
    const known = Object.values(flags).map((one) => `--${one.name}`);
    const list = known.length === 0 ? 'the plugin takes none' : `these exist: ${known.join(', ')}`;
    return mistakeAt(at, `flag provided but not defined: -${name}; ${list}`, true);
  }
  const isApart = said === undefined && !flag.isSwitch;
  const value = said ?? (isApart ? given[at + 1] : 'true');
  if (value === undefined) return mistakeAt(at, `flag needs an argument: -${name}`, true);
  return { ...valueOf(flag, value, at), key, length: isApart ? 2 : 1 };
}

/** A value that cannot be read leaves the fallback, so that something can be said of the rest. */
function valueOf(flag: Flag<unknown>, given: string, at: number): Pick<ReadFlag, 'value' | 'mistake'> {
  const value = flag.read(given);
  if (value !== undefined) return { value, mistake: undefined };
  const message = `invalid value ${JSON.stringify(given)} for flag -${flag.name}`;
  return { value: flag.fallback, mistake: { at, message, isHarmless: !flag.isVital } };
}

function mistakeAt(at: number, message: string, isHarmless: boolean): ReadFlag {
  return { length: 1, mistake: { at, message, isHarmless } };
}
