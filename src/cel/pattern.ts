import { RE2JS } from '@bufbuild/re2';
import { MAX_PATTERN_LENGTH, MAX_REPEAT } from './limits.ts';

export type PatternResult =
  { readonly kind: 'pattern'; readonly expression: RE2JS } | { readonly kind: 'problem'; readonly problem: string };

/** Reads a regular expression of RE2, the language that Go has; those that are costly to compile are not taken. */
export function readPattern(text: string): PatternResult {
  if (text.length > MAX_PATTERN_LENGTH) return problem(`the pattern has more than ${MAX_PATTERN_LENGTH} characters`);
  if (repeats(text) > MAX_REPEAT) {
    return problem(`the counted repetitions of the pattern are more than ${MAX_REPEAT} together`);
  }
  try {
    return { kind: 'pattern', expression: RE2JS.compile(text) };
  } catch (error) {
    return problem(`the pattern is not RE2: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function repeats(pattern: string): number {
  let sum = 0;
  for (const [, least, most] of pattern.matchAll(/\{(\d+)(?:,(\d*))?\}/g))
    sum += Math.max(Number(least), Number(most ?? 0));
  return sum;
}

function problem(text: string): PatternResult {
  return { kind: 'problem', problem: text };
}
