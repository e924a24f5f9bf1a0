import { MistakeFound } from './mistake.ts';
import { readString } from './string-literal.ts';

export type TokenKind = 'name' | 'quotedName' | 'int' | 'double' | 'string' | 'sign' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** What stands there; of strings and quoted names their value. */
  readonly text: string;
  readonly at: number;
}

const BLANKS = /(?:[ \t\n\f\r]|\/\/[^\n]*)+/y;
const NAME = /[_a-zA-Z][_a-zA-Z0-9]*/y;
const NUMBER = /0[xX][0-9a-fA-F]+[uU]?|(?:[0-9]+\.[0-9]+|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][+-]?[0-9]+)?|[0-9]+[uU]?/y;
const SIGN = /&&|\|\||[=!<>]=|[()[\]{}.,?:+\-*/%!<>]/y;
const QUOTED_NAME = /`([a-zA-Z0-9_.\-/ ]+)`/y;
const STRING_PREFIX = /([rR]|[bB]|[rR][bB]|[bB][rR])?(?=["'])/y;

/** The tokens of an expression, the last of kind `end`. O(length). */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    at += matched(BLANKS, text, at)?.length ?? 0;
    if (at >= text.length) break;
    const { token, end } = readToken(text, at);
    tokens.push(token);
    at = end;
  }
  tokens.push({ kind: 'end', text: '', at: text.length });
  return tokens;
}

interface Read {
  readonly token: Token;
  readonly end: number;
}

function readToken(text: string, at: number): Read {
  const prefix = matched(STRING_PREFIX, text, at);
  if (prefix !== undefined) {
    if (/b/i.test(prefix)) throw new MistakeFound(at, 'bytes are not supported');
    const { value, end } = readString(text, at + prefix.length, prefix !== '');
    return { token: { kind: 'string', text: value, at }, end };
  }
  const name = matched(NAME, text, at);
  if (name !== undefined) return plain('name', name, at);
  const quoted = matched(QUOTED_NAME, text, at);
  if (quoted !== undefined) {
    return { token: { kind: 'quotedName', text: quoted.slice(1, -1), at }, end: at + quoted.length };
  }
  const number = matched(NUMBER, text, at);
  if (number !== undefined) return readNumber(number, at);
  const sign = matched(SIGN, text, at);
  if (sign !== undefined) return plain('sign', sign, at);
  throw new MistakeFound(at, `${JSON.stringify(text[at])} has no meaning here`);
}

function readNumber(text: string, at: number): Read {
  if (/u$/i.test(text)) throw new MistakeFound(at, 'unsigned numbers are not supported');
  const isHex = /^0x/i.test(text);
  return plain(!isHex && /[.eE]/.test(text) ? 'double' : 'int', text, at);
}

function plain(kind: TokenKind, text: string, at: number): Read {
  return { token: { kind, text, at }, end: at + text.length };
}

/** What the sticky pattern finds at exactly this place. */
function matched(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}
