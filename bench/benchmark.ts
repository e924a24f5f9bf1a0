import type { Figures } from './figures.ts';

/** One setting that the command line may change. */
export type Setting =
  | {
      readonly kind: 'number';
      readonly fallback: number;
      readonly min: number;
      readonly max: number;
      readonly help: string;
    }
  | { readonly kind: 'choice'; readonly fallback: string; readonly choices: readonly string[]; readonly help: string }
  | { readonly kind: 'text'; readonly fallback: string; readonly help: string };

/** The settings that a benchmark has, by name as after the two dashes. */
export type SettingTable = Readonly<Record<string, Setting>>;

/** A value for every setting of a table. */
export type Settings<T extends SettingTable> = {
  readonly [K in keyof T]: T[K] extends { readonly kind: 'number' } ? number : string;
};

/** A value for every setting of some table. */
export type AnySettings = Readonly<Record<string, number | string>>;

/** One benchmark as the command line knows it. */
export interface Benchmark {
  readonly name: string;
  /** One sentence for the help text. */
  readonly summary: string;
  readonly settings: SettingTable;
  /** Runs once; `say` tells people what goes on meanwhile. */
  run(settings: AnySettings, say: (line: string) => void): Promise<Figures>;
}

/** Makes a benchmark whose run sees its settings with their types. */
export function benchmark<const T extends SettingTable>(
  name: string,
  summary: string,
  settings: T,
  run: (settings: Settings<T>, say: (line: string) => void) => Promise<Figures>,
): Benchmark {
  // Only ever called with the values that the arguments were read into, one for each setting of this very table.
  return { name, summary, settings, run: run as Benchmark['run'] };
}
