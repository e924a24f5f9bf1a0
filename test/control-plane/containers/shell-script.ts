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
  | { readonly kind: 'each'; readonly name: string; readonly words: readonly string[]; readonly body: Script };

type Branch = { readonly test: Script; readonly body: Script };

/** Reads a script. Undefined where it has what is not read here, such as `case`, functions and here documents. */
export function parseScript(text: string): Script | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined || /<<|\bcase\b.*\besac\b/s.test(text)) return undefined;
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

  #words(): readonly string[] {
    const words: string[] = [];
    for (let token = this.#tokens[this.#at]; token?.kind === 'word'; token = this.#tokens[this.#at]) {
      words.push(token.text);
      this.#at += 1;
    }
    if (words.length === 0) this.#failed = true;
    return words;
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
