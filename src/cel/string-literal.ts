import { MistakeFound } from './mistake.ts';

/** A string literal in a text: its value, and the offset after it. */
export interface StringLiteral {
  readonly value: string;
  readonly end: number;
}

const SIMPLE: ReadonlyMap<string, string> = new Map([
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
  ['?', '?'],
  ['"', '"'],
  ["'", "'"],
  ['`', '`'],
]);

/** Digits after the letter, and their base. */
const NUMERIC: ReadonlyMap<string, readonly [digits: number, base: number]> = new Map([
  ['x', [2, 16]],
  ['X', [2, 16]],
  ['u', [4, 16]],
  ['U', [8, 16]],
]);

/** Reads the literal whose quotes begin at an offset. Raw ones know no escapes. */
export function readString(text: string, start: number, isRaw: boolean): StringLiteral {
  const quote = text[start] ?? '';
  const long = quote.repeat(3);
  const closing = text.startsWith(long, start) ? long : quote;
  let value = '';
  let at = start + closing.length;
  while (!text.startsWith(closing, at)) {
    const character = text[at];
    if (character === undefined) throw new MistakeFound(start, 'the string has no end');
    if (closing.length === 1 && (character === '\n' || character === '\r')) {
      throw new MistakeFound(at, 'a string in single quotation marks ends on its line');
    }
    if (character === '\\' && !isRaw) {
      const escape = readEscape(text, at);
      value += escape.value;
      at = escape.end;
    } else {
      value += character;
      at += 1;
    }
  }
  return { value, end: at + closing.length };
}

function readEscape(text: string, start: number): StringLiteral {
  const letter = text[start + 1] ?? '';
  const simple = SIMPLE.get(letter);
  if (simple !== undefined) return { value: simple, end: start + 2 };
  const octal = /^[0-3][0-7]{2}/.exec(text.slice(start + 1, start + 4))?.[0];
  if (octal !== undefined) return { value: String.fromCodePoint(Number.parseInt(octal, 8)), end: start + 4 };
  const [digits, base] = NUMERIC.get(letter) ?? [0, 0];
  const end = start + 2 + digits;
  const body = text.slice(start + 2, end);
  if (digits === 0 || body.length < digits || !/^[0-9a-fA-F]+$/.test(body)) {
    throw new MistakeFound(start, `\\${letter} is no escape sequence`);
  }
  const point = Number.parseInt(body, base);
  if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) {
    throw new MistakeFound(start, `\\${letter}${body} is no character`);
  }
  return { value: String.fromCodePoint(point), end };
}
