import { UNKNOWN } from './shell-words.ts';

/** Where a shell stands when it was left: by a word, by what never comes back, by a script that cannot be followed. */
export type Left = 'exit' | 'break' | 'continue' | 'stays' | 'unread';

/** What a built-in command works on. */
export interface ShellState {
  seconds: number;
  code: number;
  left: Left | undefined;
  /** A program was passed of which nothing is known, and nothing came after it that tells how the script ends. */
  guesses: boolean;
  stopsOnError: boolean;
  onTerm: string | undefined;
  readonly variables: Map<string, string>;
  /** When the programs end that were started beside the script. */
  readonly background: number[];
  /** A line of output. */
  print(text: string): void;
  execute(words: readonly string[]): void;
  follow(script: string): void;
}

type BuiltIn = (shell: ShellState, args: readonly string[]) => void;

const SECONDS: Readonly<Record<string, number>> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400 };

/** Commands that a shell knows by itself, and programs that only run others. */
export const BUILT_INS: ReadonlyMap<string, BuiltIn> = new Map<string, BuiltIn>([
  ['true', (shell) => void (shell.code = 0)],
  [':', (shell) => void (shell.code = 0)],
  ['false', (shell) => void (shell.code = 1)],
  ['exit', exit],
  ['break', (shell) => void (shell.left = 'break')],
  ['continue', (shell) => void (shell.left = 'continue')],
  ['echo', echo],
  ['sleep', sleep],
  ['wait', wait],
  ['trap', trap],
  ['set', set],
  ['export', assign],
  ['env', env],
  ['test', test],
  ['[', test],
  ['exec', exec],
  ['nohup', (shell, args) => shell.execute(args)],
  ['timeout', timeout],
  ...['sh', 'bash', 'ash', 'dash'].map((name) => [name, innerShell] as const),
]);

function exit(shell: ShellState, [code]: readonly string[]): void {
  if (code !== undefined) shell.code = /^\d+$/.test(code) ? Number(code) : 2;
  shell.guesses = false;
  shell.left = code !== undefined && isUnknown(code) ? 'unread' : 'exit';
}

function echo(shell: ShellState, args: readonly string[]): void {
  const words = args.filter((arg, at) => at > 0 || !/^-[neE]+$/.test(arg));
  shell.print(words.join(' ').replaceAll(UNKNOWN, ''));
  shell.code = 0;
}

function sleep(shell: ShellState, args: readonly string[]): void {
  const seconds = args.reduce((sum, arg) => sum + secondsOf(arg), 0);
  shell.guesses = args.some(isUnknown);
  if (shell.guesses) return;
  shell.code = Number.isNaN(seconds) || args.length === 0 ? 1 : 0;
  if (shell.code === 0) spend(shell, seconds);
}

function wait(shell: ShellState): void {
  shell.code = 0;
  spend(shell, Math.max(0, ...shell.background.map((end) => end - shell.seconds)));
}

function spend(shell: ShellState, seconds: number): void {
  if (seconds === Infinity) shell.left = 'stays';
  else shell.seconds += seconds;
}

function trap(shell: ShellState, args: readonly string[]): void {
  const [handler = '', ...signals] = args.filter((arg) => arg !== '--');
  if (!signals.some((signal) => /^(?:(?:sig)?term|15)$/i.test(signal))) return;
  shell.onTerm = handler === '-' ? undefined : handler;
}

function set(shell: ShellState, args: readonly string[]): void {
  if (args.some((arg) => /^-[a-z]*e/.test(arg) || arg === 'errexit')) shell.stopsOnError = true;
  if (args.includes('+e')) shell.stopsOnError = false;
  shell.code = 0;
}

function assign(shell: ShellState, args: readonly string[]): void {
  for (const arg of args) {
    const at = arg.indexOf('=');
    if (at > 0) shell.variables.set(arg.slice(0, at), arg.slice(at + 1));
  }
  shell.code = 0;
}

function env(shell: ShellState, args: readonly string[]): void {
  const at = args.findIndex((arg) => !/^\w+=/.test(arg));
  assign(shell, at === -1 ? args : args.slice(0, at));
  if (at !== -1) shell.execute(args.slice(at));
}

function exec(shell: ShellState, args: readonly string[]): void {
  if (args.length === 0) return;
  shell.execute(args);
  if (!shell.guesses) shell.left ??= 'exit';
}

function timeout(shell: ShellState, args: readonly string[]): void {
  const [limit = '', ...words] = args.filter((arg, at) => at > 0 || !arg.startsWith('-'));
  const until = shell.seconds + secondsOf(limit);
  shell.execute(words);
  if (shell.left !== 'stays' && shell.seconds <= until) return;
  shell.left = undefined;
  shell.seconds = until;
  shell.code = 124;
}

function innerShell(shell: ShellState, args: readonly string[]): void {
  const at = args.findIndex((arg) => /^-[a-z]*c$/.test(arg));
  const script = at === -1 ? undefined : args[at + 1];
  if (script === undefined) {
    shell.guesses = true;
    return;
  }
  const outer = shell.stopsOnError;
  shell.stopsOnError = args.slice(0, at + 1).some((arg) => /^-[a-z]*e/.test(arg));
  shell.follow(script);
  shell.stopsOnError = outer;
  // What ends the inner shell does not end the outer one.
  if (shell.left === 'exit') shell.left = undefined;
}

function test(shell: ShellState, args: readonly string[]): void {
  if (args.some(isUnknown)) shell.guesses = true;
  shell.code = holds(args.filter((arg) => arg !== ']')) ? 0 : 1;
}

function isUnknown(word: string): boolean {
  return word.includes(UNKNOWN);
}

function holds(args: readonly string[]): boolean {
  const [first = '', operator, second = ''] = args;
  if (first === '!') return !holds(args.slice(1));
  if (operator === undefined) return first !== '';
  // Of files there are none.
  if (args.length === 2) return first === '-n' ? operator !== '' : first === '-z' && operator === '';
  return COMPARISONS[operator]?.(first, second) ?? false;
}

const COMPARISONS: Readonly<Record<string, (a: string, b: string) => boolean>> = {
  '=': (a, b) => a === b,
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '-eq': (a, b) => Number(a) === Number(b),
  '-ne': (a, b) => Number(a) !== Number(b),
  '-lt': (a, b) => Number(a) < Number(b),
  '-le': (a, b) => Number(a) <= Number(b),
  '-gt': (a, b) => Number(a) > Number(b),
  '-ge': (a, b) => Number(a) >= Number(b),
};

/** The span that `sleep` takes: seconds, or with s, m, h or d. NaN where it is none. */
function secondsOf(text: string): number {
  if (/^inf(?:inity)?$/i.test(text)) return Infinity;
  const match = /^(\d+(?:\.\d+)?|\.\d+)([smhd]?)$/.exec(text);
  return match === null ? Number.NaN : Number(match[1]) * (SECONDS[match[2] ?? ''] ?? Number.NaN);
}
