/** An argument of a job plugin, written as Go's flags are: `--port=22`, `-port 22`, and `--name` alone for a switch. */
export interface Flag<T> {
  readonly name: string;
  readonly fallback: T;
  /** What it is for, for people. */
  readonly meaning: string;
  /** A switch stands for true without a value, and takes one only after `=`. */
  readonly isSwitch: boolean;
  /** Undefined for a text that says no such value. */
  readonly read: (this: void, text: string) => T | undefined;
  /** Pods could not run with what Volcano makes of a wrong value. */
  readonly isVital: boolean;
}

/** The arguments that a plugin takes, by the name that code knows them under. */
export type Flags = Readonly<Record<string, Flag<unknown>>>;

/** What was given for each of them, or its fallback. */
export type FlagValues<F extends Flags> = { readonly [K in keyof F]: F[K]['fallback'] };

/** The first argument that cannot be taken; those after it are not read, as with Volcano. */
export interface FlagMistake {
  /** Place in the list of arguments, from 0. */
  readonly at: number;
  readonly message: string;
  readonly isHarmless: boolean;
}

export function toggle(name: string, fallback: boolean, meaning: string): Flag<boolean> {
  return { name, fallback, meaning, isSwitch: true, read: readSwitch, isVital: false };
}

export function text(name: string, fallback: string, meaning: string): Flag<string> {
  return { name, fallback, meaning, isSwitch: false, read: (given) => given, isVital: false };
}

/** An absolute path that something can be mounted at. */
export function mountPath(name: string, fallback: string, meaning: string): Flag<string> {
  const read = (given: string): string | undefined => (given === '' || given.includes(':') ? undefined : given);
  return { name, fallback, meaning, isSwitch: false, read, isVital: true };
}

/** A whole number of at least one. */
export function wholeNumber(name: string, fallback: number, meaning: string, max = 2_147_483_647): Flag<number> {
  const read = (given: string): number | undefined => {
    const value = /^\+?\d+$/u.test(given) ? Number(given) : 0;
    return value >= 1 && value <= max ? value : undefined;
  };
  return { name, fallback, meaning, isSwitch: false, read, isVital: true };
}

export function port(name: string, fallback: number, meaning: string): Flag<number> {
  return wholeNumber(name, fallback, meaning, 65_535);
}

/** The spellings that Go takes. */
function readSwitch(given: string): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(given)) return true;
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(given) ? false : undefined;
}
