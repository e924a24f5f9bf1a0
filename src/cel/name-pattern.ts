import { RE2JS } from '@bufbuild/re2';

export type PatternResult =
  | { readonly kind: 'pattern'; /** Whether it is found anywhere in the text; linear in its length. */ readonly matches: (text: string) => boolean }
  | { readonly kind: 'problem'; readonly problem: string };

/** Reads a regular expression of RE2, the language that Go has. */
export function readPattern(text: string): PatternResult {
  try {
    const expression = RE2JS.compile(text);
    return { kind: 'pattern', matches: (name) => expression.matcher(name).find() };
  } catch (error) {
    return { kind: 'problem', problem: error instanceof Error ? error.message : String(error) };
  }
}
