import type { JsonValue } from '../lib/json.ts';
import { compile } from './compile.ts';
import type { Compiled } from './compiled.ts';
import { mustBe } from './compiled.ts';
import { OVER_BUDGET } from './frame.ts';
import type { Frame } from './frame.ts';
import { MAX_LENGTH, MAX_STEPS } from './limits.ts';
import { MistakeFound, placed } from './mistake.ts';
import type { CelMistake } from './mistake.ts';
import { parse } from './parse.ts';
import { Failure, fromJson, typeOf } from './value.ts';
import type { Outcome } from './value.ts';

/** Values of the variables; one that is missing has no value, and what reads it fails. */
export type Bindings = Readonly<Record<string, JsonValue | undefined>>;

export interface CelError {
  readonly error: string;
}

/** A boolean expression that passed every check that can be made before there is input. */
export interface CelExpression {
  readonly kind: 'expression';
  /** Pure, never throws, and bounded in time by `MAX_STEPS`, whatever the bindings hold. */
  readonly evaluate: (bindings: Bindings) => boolean | CelError;
}

export interface CelErrors {
  readonly kind: 'errors';
  readonly errors: readonly CelMistake[];
}

/** Compiles a boolean expression over the variables; what is not supported is refused here, with its place. */
export function compileExpression(text: string, variables: readonly string[]): CelExpression | CelErrors {
  const program = compileProgram(text, variables, (whole) => mustBe(whole, ['bool'], 'the expression'));
  if (program.kind === 'errors') return program;
  return {
    kind: 'expression',
    evaluate: (bindings) => {
      const outcome = program.run(bindings);
      if (typeof outcome === 'boolean') return outcome;
      return { error: outcome instanceof Failure ? outcome.message : `it gives ${typeOf(outcome)}, not bool` };
    },
  };
}

/** An expression of any type. */
export interface CelProgram {
  readonly kind: 'program';
  readonly run: (bindings: Bindings) => Outcome;
}

export function compileProgram(
  text: string,
  variables: readonly string[],
  check: (whole: Compiled) => void = () => undefined,
): CelProgram | CelErrors {
  if (text.length > MAX_LENGTH) {
    return { kind: 'errors', errors: [{ line: 1, column: 1, message: `it has more than ${MAX_LENGTH} characters` }] };
  }
  try {
    const slots = new Map(variables.map((name, slot) => [name, slot]));
    const whole = compile(parse(text), { slots, free: variables.length, loops: 0 });
    check(whole);
    return { kind: 'program', run: (bindings) => run(whole, variables, bindings) };
  } catch (error) {
    if (!(error instanceof MistakeFound)) throw error;
    return { kind: 'errors', errors: [placed(text, error)] };
  }
}

function run(whole: Compiled, variables: readonly string[], bindings: Bindings): Outcome {
  const slots = variables.map((name) => {
    const value = Object.hasOwn(bindings, name) ? bindings[name] : undefined;
    return value === undefined ? undefined : fromJson(value);
  });
  const frame: Frame = { slots, steps: MAX_STEPS };
  const outcome = whole.code(frame);
  return frame.steps < 0 ? OVER_BUDGET : outcome;
}
