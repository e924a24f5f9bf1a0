import type { Code } from './frame.ts';
import type { StaticType } from './functions.ts';
import { MistakeFound } from './mistake.ts';

/** A part of an expression, ready to be evaluated. */
export interface Compiled {
  readonly code: Code;
  /** What it gives when it gives a value. */
  readonly type: StaticType;
  /** Parts within it and itself: the steps of one evaluation, apart from what depends on the input. */
  readonly size: number;
  /** Offset in the text. */
  readonly at: number;
}

export function compiled(at: number, type: StaticType, parts: readonly Compiled[], code: Code): Compiled {
  return { at, type, code, size: parts.reduce((sum, part) => sum + part.size, 1) };
}

/** Refuses what can never be of one of the types. */
export function mustBe({ type, at }: Compiled, types: readonly StaticType[], what: string): void {
  if (type === 'dyn' || types.includes('dyn') || types.includes(type)) return;
  throw new MistakeFound(at, `${what} is ${types.join(' or ')}, and this is ${type}`);
}

/** The type of whatever one of both gives. */
export function either(a: Compiled, b: Compiled): StaticType {
  return a.type === b.type ? a.type : 'dyn';
}
