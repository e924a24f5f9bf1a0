import type { JsonValue } from '../lib/json.ts';
import { compile } from './compile.ts';
import type { Compiled } from './compiled.ts';
import { mustBe } from './compiled.ts';
import { OVER_BUDGET, OVER_SHARED_BUDGET } from './frame.ts';
import type { Frame, StepBudget } from './frame.ts';
import { MAX_LENGTH, MAX_STEPS } from './limits.ts';
import { MistakeFound, placed } from './mistake.ts';
import type { CelMistake } from './mistake.ts';
import { parse } from './parse.ts';
import { Failure, fromJson, MadeMap, typeOf } from './value.ts';
import type { Outcome } from './value.ts';

/** Values of the variables; one that is missing has no value, and what reads it fails. */
export type Bindings = Readonly<Record<string, JsonValue | MadeMap | undefined>>;

export interface CelError {
  readonly error: string;
}

/** A boolean expression that passed every check that can be made before there is input. */
export interface CelExpression {
  readonly kind: 'expression';
  /**
   * Never throws, and is bounded in time by `MAX_STEPS`, whatever the bindings hold. Where it shares a budget with others it takes its steps
   * from it, and gives no answer when they do not suffice; that is the one thing it changes.
   */
  readonly evaluate: (bindings: Bindings, shared?: StepBudget) => boolean | CelError;
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
    evaluate: (bindings, shared) => {
      const outcome = program.run(bindings, shared);
      if (typeof outcome === 'boolean') return outcome;
      return { error: outcome instanceof Failure ? outcome.message : `it gives ${typeOf(outcome)}, not bool` };
    },
  };
}

/** An expression of any type. */
export interface CelProgram {
  readonly kind: 'program';
  readonly run: (bindings: Bindings, shared?: StepBudget) => Outcome;
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
    return { kind: 'program', run: (bindings, shared) => run(whole, slotsOf(variables, bindings), shared) };
  } catch (error) {
    if (!(error instanceof MistakeFound)) throw error;
    return { kind: 'errors', errors: [placed(text, error)] };
  }
}

function slotsOf(variables: readonly string[], bindings: Bindings): Frame['slots'] {
  return variables.map((name) => {
    const value = Object.hasOwn(bindings, name) ? bindings[name] : undefined;
    return value === undefined || value instanceof MadeMap ? value : fromJson(value);
  });
}

function run(whole: Compiled, slots: Frame['slots'], shared: StepBudget | undefined): Outcome {
  const steps = Math.min(MAX_STEPS, shared?.left ?? MAX_STEPS);
  const frame: Frame = { slots, steps };
  const outcome = whole.code(frame);
  if (shared !== undefined) shared.left -= steps - Math.max(0, frame.steps);
  if (frame.steps >= 0) return outcome;
  return steps < MAX_STEPS ? OVER_SHARED_BUDGET : OVER_BUDGET;
}
