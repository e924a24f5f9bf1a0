import { MAX_NESTING } from './limits.ts';
import { callOf } from './macros.ts';
import { MistakeFound } from './mistake.ts';
import type { BinaryOperator, Syntax } from './syntax.ts';
import { tokensOf } from './tokens.ts';
import type { Token } from './tokens.ts';

/** From the weakest to the strongest; all group to the left. */
const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ['||'],
  ['&&'],
  ['==', '!=', '<', '<=', '>', '>=', 'in'],
  ['+', '-'],
  ['*', '/', '%'],
];

const RESERVED: ReadonlySet<string> = new Set(
  'as break const continue else for function if import let loop package namespace return var void while in'.split(' '),
);

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;

/** Parses a whole expression by recursive descent, never backwards: O(length). Throws `MistakeFound`. */
export function parse(text: string): Syntax {
  const parser = new Parser(tokensOf(text));
  return parser.whole();
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #nesting = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Syntax {
    const syntax = this.#expression();
    if (this.#token.kind !== 'end') throw this.#unexpected('an operator');
    return syntax;
  }

  get #token(): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new Error('Cannot read past the end of an expression');
    return token;
  }

  #expression(): Syntax {
    this.#nesting += 1;
    if (this.#nesting > MAX_NESTING) {
      throw new MistakeFound(this.#token.at, `more than ${MAX_NESTING} levels of brackets and conditionals`);
    }
    const test = this.#binary(0);
    const { at } = this.#token;
    if (!this.#takes('?')) {
      this.#nesting -= 1;
      return test;
    }
    const whenTrue = this.#binary(0);
    this.#expect(':');
    const otherwise = this.#expression();
    this.#nesting -= 1;
    return { kind: 'conditional', test, whenTrue, otherwise, at };
  }

  #binary(level: number): Syntax {
    const operators = LEVELS[level];
    if (operators === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    for (;;) {
      const operator = this.#operatorOf(operators);
      if (operator === undefined) return left;
      const { at } = this.#token;
      this.#next += 1;
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1), at };
    }
  }

  #operatorOf(operators: readonly BinaryOperator[]): BinaryOperator | undefined {
    const { kind, text } = this.#token;
    return kind === 'sign' || kind === 'name' ? operators.find((operator) => operator === text) : undefined;
  }

  /** `!` and `-` do not mix, as in the specification; a minus before a digit belongs to the number. */
  #unary(): Syntax {
    const signs: Token[] = [];
    const first = this.#token;
    while (first.kind === 'sign' && (first.text === '!' || first.text === '-') && this.#isSign(first.text)) {
      signs.push(this.#token);
      this.#next += 1;
    }
    const isNegative = signs.at(-1)?.text === '-' && (this.#token.kind === 'int' || this.#token.kind === 'double');
    if (isNegative) signs.pop();
    let syntax = this.#member(isNegative);
    for (const { text, at } of signs.toReversed()) {
      syntax = { kind: 'unary', operator: text === '!' ? '!' : '-', operand: syntax, at };
    }
    return syntax;
  }

  #member(isNegative: boolean): Syntax {
    let syntax = this.#primary(isNegative);
    for (;;) {
      const { at } = this.#token;
      if (this.#takes('.')) syntax = this.#selection(syntax);
      else if (this.#takes('[')) {
        if (this.#isSign('?')) throw new MistakeFound(this.#token.at, 'optional entries are not supported');
        const index = this.#expression();
        this.#expect(']');
        syntax = { kind: 'index', operand: syntax, index, at };
      } else if (this.#isSign('{')) throw new MistakeFound(at, 'messages are not supported');
      else return syntax;
    }
  }

  #selection(operand: Syntax): Syntax {
    const { kind, text, at } = this.#token;
    if (this.#isSign('?')) throw new MistakeFound(at, 'optional fields are not supported; ask with has() first');
    if (kind !== 'name' && kind !== 'quotedName') throw this.#unexpected('the name of a field');
    this.#next += 1;
    if (kind === 'name' && text === 'in') throw new MistakeFound(at, 'in is a reserved word');
    if (kind === 'name' && this.#takes('(')) return callOf({ name: text, target: operand, args: this.#list(')'), at });
    return { kind: 'select', operand, field: text, at };
  }

  #primary(isNegative: boolean): Syntax {
    const { kind, text, at } = this.#token;
    this.#next += 1;
    switch (kind) {
      case 'int':
        return { kind: 'literal', value: intOf(text, isNegative, at), at };
      case 'double':
        return { kind: 'literal', value: Number(isNegative ? `-${text}` : text), at };
      case 'string':
        return { kind: 'literal', value: text, at };
      case 'name':
        return this.#name(text, at);
      case 'sign':
        return this.#bracket(text, at);
      default:
        this.#next -= 1;
        throw this.#unexpected('a value');
    }
  }

  #name(name: string, at: number): Syntax {
    if (name === 'true' || name === 'false') return { kind: 'literal', value: name === 'true', at };
    if (name === 'null') return { kind: 'literal', value: null, at };
    if (RESERVED.has(name)) throw new MistakeFound(at, `${name} is a reserved word`);
    if (this.#takes('(')) return callOf({ name, target: undefined, args: this.#list(')'), at });
    return { kind: 'name', name, at };
  }

  #bracket(sign: string, at: number): Syntax {
    if (sign === '(') {
      const syntax = this.#expression();
      this.#expect(')');
      return syntax;
    }
    if (sign === '[') return { kind: 'list', items: this.#list(']'), at };
    if (sign === '{') return { kind: 'map', entries: this.#entries(), at };
    this.#next -= 1;
    throw this.#unexpected('a value');
  }

  /** What stands between commas until the closing sign; one comma may stand before it, but not alone. */
  #list(closing: ')' | ']'): readonly Syntax[] {
    const items: Syntax[] = [];
    while (!this.#takes(closing)) {
      if (this.#isSign('?')) throw new MistakeFound(this.#token.at, 'optional entries are not supported');
      items.push(this.#expression());
      if (this.#takes(closing)) break;
      this.#expect(',');
      if (closing === ')' && this.#isSign(')')) throw this.#unexpected('an argument');
    }
    return items;
  }

  #entries(): readonly (readonly [Syntax, Syntax])[] {
    const entries: [Syntax, Syntax][] = [];
    while (!this.#takes('}')) {
      if (this.#isSign('?')) throw new MistakeFound(this.#token.at, 'optional entries are not supported');
      const key = this.#expression();
      this.#expect(':');
      entries.push([key, this.#expression()]);
      if (this.#takes('}')) break;
      this.#expect(',');
    }
    return entries;
  }

  #isSign(sign: string): boolean {
    return this.#token.kind === 'sign' && this.#token.text === sign;
  }

  #takes(sign: string): boolean {
    const isThere = this.#isSign(sign);
    if (isThere) this.#next += 1;
    return isThere;
  }

  #expect(sign: string): void {
    if (!this.#takes(sign)) throw this.#unexpected(JSON.stringify(sign));
  }

  #unexpected(wanted: string): MistakeFound {
    const { kind, text, at } = this.#token;
    return new MistakeFound(
      at,
      `${kind === 'end' ? 'the expression ends' : `there is ${JSON.stringify(text)}`} where ${wanted} is expected`,
    );
  }
}

function intOf(text: string, isNegative: boolean, at: number): bigint {
  const value = isNegative ? -BigInt(text) : BigInt(text);
  if (value < MIN_INT || value > MAX_INT) throw new MistakeFound(at, `${text} does not fit 64 bits`);
  return value;
}
