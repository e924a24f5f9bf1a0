import type { RE2JS } from '@bufbuild/re2';
import { compiled, mustBe } from './compiled.ts';
import type { Compiled } from './compiled.ts';
import { OVER_BUDGET, pays } from './frame.ts';
import { FUNCTIONS, functionsOf } from './functions.ts';
import type { CelFunction, StaticType } from './functions.ts';
import { MistakeFound } from './mistake.ts';
import { readPattern } from './pattern.ts';
import { Failure, typeOf } from './value.ts';
import type { Value } from './value.ts';

/** A function and its arguments, the one before the dot first. */
export interface Call {
  readonly at: number;
  readonly name: string;
  readonly form: CelFunction['form'];
  readonly args: readonly Compiled[];
}

export function call({ at, name, form, args }: Call): Compiled {
  const named = functionsOf(name, form);
  const found = named.find((one) => one.takes.length === args.length);
  if (found === undefined) throw new MistakeFound(at, unknownFunction(name, form, named));
  for (const [place, arg] of args.entries()) mustBe(arg, found.takes[place] ?? [], partName(found, place));
  return compiled(at, found.gives, args, (frame) => {
    const values: Value[] = [];
    for (const [place, arg] of args.entries()) {
      const value = arg.code(frame);
      if (value instanceof Failure) return value;
      if (!fits(value, found.takes[place] ?? [])) return new Failure(`${name}() does not take ${typeOf(value)}`);
      values.push(value);
    }
    return found.call(values, frame);
  });
}

function fits(value: Value, types: readonly StaticType[]): boolean {
  return types.includes('dyn') || types.includes(typeOf(value));
}

function partName({ name, form }: CelFunction, place: number): string {
  return form === 'member' && place === 0 ? `what ${name}() is asked of` : `the argument of ${name}()`;
}

function unknownFunction(name: string, form: CelFunction['form'], named: readonly CelFunction[]): string {
  const [first] = named;
  const own = form === 'member' ? 1 : 0;
  if (first !== undefined) return `${name}() takes ${first.takes.length - own} arguments`;
  if (FUNCTIONS.some((one) => one.name === name)) {
    return form === 'member' ? `${name}() stands alone, not behind a dot` : `${name}() stands behind a dot`;
  }
  return `there is no function ${name}(), or it is not supported`;
}

/** `text.matches(pattern)`: RE2, so the time is linear in the text. */
export function matches(at: number, target: Compiled, pattern: string): Compiled {
  mustBe(target, ['string'], 'what matches() is asked of');
  const expression = compiledPattern(at, pattern);
  // Measured: a character costs about as much as so many steps, by the size of the pattern.
  const stepsPerCharacter = 0.5 + expression.re2().prog.numInst() / 16;
  return compiled(at, 'bool', [target], (frame) => {
    const text = target.code(frame);
    if (text instanceof Failure) return text;
    if (typeof text !== 'string') return new Failure(`matches() does not take ${typeOf(text)}`);
    return pays(frame, Math.ceil(text.length * stepsPerCharacter)) ? expression.test(text) : OVER_BUDGET;
  });
}

function compiledPattern(at: number, pattern: string): RE2JS {
  const read = readPattern(pattern);
  if (read.kind === 'problem') throw new MistakeFound(at, read.problem);
  return read.expression;
}
