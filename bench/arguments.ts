import { parseArgs } from 'node:util';
import type { AnySettings, Benchmark, Setting } from './benchmark.ts';

/** What the command line asks for. */
export type Request =
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'mistake'; readonly message: string }
  | { readonly kind: 'run'; readonly benchmark: Benchmark; readonly settings: AnySettings; readonly isJson: boolean };

/** Reads the command line; a mistake is one sentence. */
export function readArguments(args: readonly string[], benchmarks: readonly Benchmark[]): Request {
  const name = args.find((arg) => !arg.startsWith('-'));
  if (name === undefined && args.includes('--help')) return { kind: 'help', text: helpText(benchmarks) };
  const names = benchmarks.map((known) => known.name).join(', ');
  if (name === undefined) return mistake(`name a benchmark: one of ${names}`);
  const found = benchmarks.find((known) => known.name === name);
  if (found === undefined) return mistake(`there is no benchmark '${name}': take one of ${names}`);
  return readRest(found, args.toSpliced(args.indexOf(name), 1));
}

function readRest(benchmark: Benchmark, args: readonly string[]): Request {
  const options = Object.fromEntries(Object.keys(benchmark.settings).map((key) => [key, { type: 'string' as const }]));
  let values: Readonly<Record<string, unknown>>;
  try {
    const common = { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } as const;
    ({ values } = parseArgs({ args: [...args], options: { ...options, ...common } }));
  } catch (error) {
    return mistake(error instanceof Error ? error.message : String(error));
  }
  if (values['help'] === true) return { kind: 'help', text: helpText([benchmark]) };
  const settings: Record<string, number | string> = {};
  for (const [key, setting] of Object.entries(benchmark.settings)) {
    const given = values[key];
    const value = typeof given === 'string' ? readValue(setting, given) : setting.fallback;
    if (value === undefined) return mistake(`--${key} takes ${expectation(setting)}, not '${String(given)}'`);
    settings[key] = value;
  }
  return { kind: 'run', benchmark, settings, isJson: values['json'] === true };
}

function readValue(setting: Setting, text: string): number | string | undefined {
  if (setting.kind === 'text') return text;
  if (setting.kind === 'choice') return setting.choices.includes(text) ? text : undefined;
  const number = text === '' ? NaN : Number(text);
  return number >= setting.min && number <= setting.max ? number : undefined;
}

function expectation(setting: Setting): string {
  if (setting.kind === 'number') return `a number from ${setting.min} to ${setting.max}`;
  return setting.kind === 'choice' ? `one of ${setting.choices.join(', ')}` : 'a text';
}

function mistake(message: string): Request {
  return { kind: 'mistake', message };
}

function helpText(benchmarks: readonly Benchmark[]): string {
  const parts = benchmarks.map(({ name, summary, settings }) => {
    const lines = Object.entries(settings).map(([key, setting]) => settingLine(key, setting));
    return [`${name}\n  ${summary}`, ...lines].join('\n');
  });
  return `${USAGE}\n\n${parts.join('\n\n')}`;
}

function settingLine(key: string, setting: Setting): string {
  const range = setting.kind === 'choice' ? ` (${setting.choices.join(', ')})` : '';
  const fallback = setting.fallback === '' ? 'none' : String(setting.fallback);
  return `  ${`--${key}`.padEnd(20)} ${setting.help}${range}; default ${fallback}`;
}

const USAGE = `Usage: npm run bench -- NAME [settings] [--json]

Measures one thing and prints its figures: a table for people, one JSON object {name, machine, settings, figures} with
--json. What goes on meanwhile is told on standard error.`;
