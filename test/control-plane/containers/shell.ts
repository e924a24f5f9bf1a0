import { BUILT_INS } from './built-ins.ts';
import type { Left, ShellState } from './built-ins.ts';
import { programOf } from './programs.ts';
import type { Farewell, Run } from './run.ts';
import { parseScript } from './shell-script.ts';
import type { Arm, Pipeline, Script, ShellCommand, Statement } from './shell-script.ts';
import { printed } from './printed.ts';
import { expanded, globOf, UNKNOWN } from './shell-words.ts';

/** Most commands that are followed; a loop that is still going then goes on for ever. */
const MOST_COMMANDS = 20_000;

/** A redirection into a file. Which command it belongs to is not read, so that nothing of such a script is printed. */
const TO_FILE = /(?<!2)>(?![&>])/;
const QUOTED = /'[^']*'|"[^"]*"/g;

/** A line that is printed so many seconds after the start. */
export type PrintedLine = { readonly atSeconds: number; readonly text: string };

/** A shell without a machine: it follows a script and adds up the time. */
export class Shell implements ShellState {
  seconds = 0;
  code = 0;
  left: Left | undefined;
  guesses = false;
  stopsOnError = false;
  onTerm: string | undefined;
  readonly variables: Map<string, string>;
  readonly background: number[] = [];
  readonly lines: PrintedLine[] = [];
  readonly #image: string;
  /** Output goes to somebody else than the log. */
  #silent = 0;
  #commands = 0;

  constructor(image: string, variables: ReadonlyMap<string, string>) {
    this.#image = image;
    this.variables = new Map(variables);
  }

  /** How all that was followed goes. */
  run(): Run {
    if (this.left === 'stays') return { kind: 'runs-on' };
    if (this.left === 'unread' || this.guesses) return { kind: 'unknown' };
    return { kind: 'ends', seconds: this.seconds, exitCode: this.code % 256 };
  }

  /** What it does on SIGTERM, if it traps that. A trap that does not exit keeps the container until it is killed. */
  farewell(): Farewell | undefined {
    if (this.onTerm === undefined) return undefined;
    const handler = new Shell(this.#image, this.variables);
    handler.follow(this.onTerm);
    return { seconds: handler.left === 'exit' ? handler.seconds : Infinity, exitCode: handler.code % 256 };
  }

  follow(text: string): void {
    const script = parseScript(text);
    if (script === undefined) this.left = 'unread';
    else if (TO_FILE.test(text.replaceAll(QUOTED, ''))) this.#silently(() => this.#script(script));
    else this.#script(script);
  }

  print(text: string): void {
    if (this.#silent === 0) this.lines.push({ atSeconds: this.seconds, text });
  }

  #silently(what: () => void): void {
    this.#silent += 1;
    what();
    this.#silent -= 1;
  }

  execute([path = '', ...args]: readonly string[]): void {
    const name = path.replace(/^(?:\/usr)?(?:\/local)?\/s?bin\//, '');
    const builtIn = BUILT_INS.get(name);
    if (builtIn === undefined) this.#foreign(name, args);
    else builtIn(this, args);
  }

  #foreign(name: string, args: readonly string[]): void {
    const program = programOf(name, this.#image);
    if (program === 'stays' || (name === 'tail' && args.some((arg) => /^-\w*f/i.test(arg)))) this.left = 'stays';
    if (program === 'unknown') this.guesses = true;
    this.code = program === 'missing' ? 127 : 0;
  }

  #script(script: Script): void {
    for (const statement of script) {
      if (this.left !== undefined) return;
      if (statement.background) this.#beside(statement);
      else this.#statement(statement);
    }
  }

  #beside(statement: Statement): void {
    const from = this.seconds;
    this.#statement(statement);
    this.background.push(this.left === 'stays' ? Infinity : this.seconds);
    this.seconds = from;
    this.left = undefined;
    this.code = 0;
  }

  #statement({ links }: Statement): void {
    for (const [at, { after, pipeline }] of links.entries()) {
      if (this.left !== undefined) return;
      if (after !== undefined && (this.code === 0) !== (after === '&&')) continue;
      this.#pipeline(pipeline);
      const isLast = at === links.length - 1;
      if (this.stopsOnError && isLast && this.code !== 0 && !pipeline.negated) this.left ??= 'exit';
    }
  }

  #pipeline({ commands, negated }: Pipeline): void {
    const from = this.seconds;
    let until = from;
    for (const command of commands) {
      if (this.left !== undefined) return;
      this.seconds = from;
      // What comes out of a pipe hangs on programs that nobody plays.
      if (commands.length > 1) this.#silently(() => this.#command(command));
      else this.#command(command);
      until = Math.max(until, this.seconds);
    }
    this.seconds = until;
    if (negated) this.code = this.code === 0 ? 1 : 0;
  }

  #command(command: ShellCommand): void {
    this.#commands += 1;
    if (this.#commands > MOST_COMMANDS) this.left = 'stays';
    if (this.left !== undefined) return;
    if (command.kind === 'simple') this.#simple(command.words);
    else if (command.kind === 'group') this.#group(command.body, command.apart);
    else if (command.kind === 'if') this.#if(command);
    else if (command.kind === 'loop') this.#loop(() => this.#holds(command.test) !== command.until, command.body);
    else if (command.kind === 'case') this.#case(command.word, command.arms);
    else this.#each(command.name, command.words, command.body);
  }

  #group(body: Script, apart: boolean): void {
    this.#script(body);
    if (apart && this.left === 'exit') this.left = undefined;
  }

  #if({ branches, otherwise }: Extract<ShellCommand, { kind: 'if' }>): void {
    this.#script(branches.find(({ test }) => this.#holds(test))?.body ?? otherwise);
  }

  #case(written: string, arms: readonly Arm[]): void {
    const word = this.#expanded(written).join(' ');
    if (word.includes(UNKNOWN)) this.left = 'unread';
    const fits = (pattern: string): boolean => globOf(this.#expanded(pattern).join(' ')).test(word);
    this.code = 0;
    this.#script(arms.find(({ patterns }) => patterns.some(fits))?.body ?? []);
  }

  #each(name: string, written: readonly string[], body: Script): void {
    const all = written.flatMap((word) => this.#expanded(word));
    // How often it goes round hangs on what nobody knows.
    if (all.some((word) => word.includes(UNKNOWN))) this.left = 'unread';
    const words = all.values();
    this.#loop(() => {
      const { done, value } = words.next();
      if (value !== undefined) this.variables.set(name, value);
      return done !== true;
    }, body);
  }

  #loop(goesOn: () => boolean, body: Script): void {
    while (this.left === undefined && goesOn()) {
      this.#script(body);
      if (this.left === 'break') break;
      if (this.left === 'continue') this.left = undefined;
    }
    if (this.left === 'break') this.left = undefined;
  }

  #holds(test: Script): boolean {
    const { stopsOnError } = this;
    this.stopsOnError = false;
    this.#script(test);
    this.stopsOnError = stopsOnError;
    // Which way it goes from here hangs on a program that nobody knows.
    if (this.guesses) this.left ??= 'unread';
    const holds = this.left === undefined && this.code === 0;
    // A condition that does not hold is no failure of the `if` or the loop.
    if (this.left === undefined) this.code = 0;
    return holds;
  }

  #simple(written: readonly string[]): void {
    const at = written.findIndex((word) => !/^\w+=/.test(word));
    for (const word of at === -1 ? written : written.slice(0, at)) this.#assign(word);
    if (at !== -1) this.execute(written.slice(at).flatMap((word) => this.#expanded(word)));
  }

  #assign(word: string): void {
    const at = word.indexOf('=');
    this.variables.set(word.slice(0, at), this.#expanded(word.slice(at + 1)).join(' '));
    this.code = 0;
  }

  #expanded(written: string): readonly string[] {
    const variable = (name: string): string => (name === '?' ? String(this.code) : (this.variables.get(name) ?? ''));
    return expanded(written, variable, (command) => printed(command, variable));
  }
}
