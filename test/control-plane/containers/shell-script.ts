import { tokensOf } from './shell-words.ts';
import type { Token } from './shell-words.ts';

/** Statements in their order. */
export type Script = readonly Statement[];

/** Pipelines, each with what binds it to the one before. */
export type Statement = {
  readonly links: readonly { readonly after: '&&' | '||' | undefined; readonly pipeline: Pipeline }[];
  readonly background: boolean;
};

/** Commands that run side by side; the last one's code is that of all. */
export type Pipeline = { readonly negated: boolean; readonly commands: readonly ShellCommand[] };

/** What stands between two bars. Words are as they are written; a group apart is one in parentheses. */
export type ShellCommand =
  | { readonly kind: 'simple'; readonly words: readonly string[] }
  | { readonly kind: 'group'; readonly body: Script; readonly apart: boolean }
  | { readonly kind: 'if'; readonly branches: readonly Branch[]; readonly otherwise: Script }
  | { readonly kind: 'loop'; readonly until: boolean; readonly test: Script; readonly body: Script }
  | { readonly kind: 'each'; readonly name: string; readonly words: readonly string[]; readonly body: Script }
  | { readonly kind: 'case'; readonly word: string; readonly arms: readonly Arm[] };

/** What is done where one of the patterns fits. */
export type Arm = { readonly patterns: readonly string[]; readonly body: Script };

type Branch = { readonly test: Script; readonly body: Script };

/** Reads a script. Undefined where it has what is not read here, such as functions and here documents. */
export function parseScript(text: string): Script | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined || text.includes('<<')) return undefined;
  const parser = new Parser(tokens);
  const script = parser.script([]);
  return parser.isDone() ? script : undefined;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #failed = false;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  isDone(): boolean {
    return !this.#failed && this.#at === this.#tokens.length;
  }

  /** Statements up to one of the ends, which stays. */
  script(ends: readonly string[]): Script {
    const statements: Statement[] = [];
    for (;;) {
      while (this.#takes(';')) continue;
      const next = this.#peek();
      if (next === undefined || ends.includes(next) || this.#failed) return statements;
      const links = this.#links();
      const background = this.#takes('&');
      statements.push({ links, background });
      const after = this.#peek();
      if (!background && after !== undefined && after !== ';' && !ends.includes(after)) this.#failed = true;
    }
  }

  #links(): Statement['links'] {
    const links: Statement['links'][number][] = [{ after: undefined, pipeline: this.#pipeline() }];
    for (;;) {
      const after = this.#takes('&&') ? '&&' : this.#takes('||') ? '||' : undefined;
      if (after === undefined) return links;
      while (this.#takes(';')) continue;
      links.push({ after, pipeline: this.#pipeline() });
    }
  }

  #pipeline(): Pipeline {
    const negated = this.#takes('!');
    const commands = [this.#command()];
    while (this.#takes('|')) commands.push(this.#command());
    return { negated, commands };
  }

  #command(): ShellCommand {
    if (this.#takes('{')) return { kind: 'group', body: this.#body('}'), apart: false };
    if (this.#takes('(')) return { kind: 'group', body: this.#body(')'), apart: true };
    if (this.#takes('if')) return this.#if();
    if (this.#takes('while')) return this.#loop(false);
    if (this.#takes('until')) return this.#loop(true);
    if (this.#takes('for')) return this.#each();
    if (this.#takes('case')) return this.#case();
    return { kind: 'simple', words: this.#words() };
  }

  #if(): ShellCommand {
    const branches: Branch[] = [];
    do {
      const test = this.#body('then');
      branches.push({ test, body: this.script(['elif', 'else', 'fi']) });
    } while (this.#takes('elif'));
    const otherwise = this.#takes('else') ? this.script(['fi']) : [];
    this.#expect('fi');
    return { kind: 'if', branches, otherwise };
  }

  #loop(until: boolean): ShellCommand {
    const test = this.#body('do');
    return { kind: 'loop', until, test, body: this.#body('done') };
  }

  #each(): ShellCommand {
    const [name = '', , ...words] = this.#words();
    while (this.#takes(';')) continue;
    this.#expect('do');
    return { kind: 'each', name, words, body: this.#body('done') };
  }

  #case(): ShellCommand {
    const word = this.#word();
    while (this.#takes(';')) continue;
    this.#expect('in');
    const arms: Arm[] = [];
    for (;;) {
      while (this.#takes(';')) continue;
      if (this.#takes('esac') || this.#failed) return { kind: 'case', word, arms };
      this.#takes('(');
      const patterns = [this.#word()];
      while (this.#takes('|')) patterns.push(this.#word());
      this.#expect(')');
      arms.push({ patterns, body: this.script([';;', 'esac']) });
      this.#takes(';;');
    }
  }

  #words(): readonly string[] {
    const words = [this.#word()];
    while (this.#tokens[this.#at]?.kind === 'word') words.push(this.#word());
    return words;
  }

  #word(): string {
    const token = this.#tokens[this.#at];
    if (token?.kind !== 'word') {
      this.#failed = true;
      return '';
    }
    this.#at += 1;
    return token.text;
  }

  #body(end: string): Script {
    const script = this.script([end]);
    this.#expect(end);
    return script;
  }

  #expect(text: string): void {
    if (!this.#takes(text)) this.#failed = true;
  }

  #takes(text: string): boolean {
    if (this.#peek() !== text) return false;
    this.#at += 1;
    return true;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#at]?.text;
  }
}
