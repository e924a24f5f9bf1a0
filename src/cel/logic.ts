import { compiled, either, mustBe } from './compiled.ts';
import type { Compiled } from './compiled.ts';
import { OVER_BUDGET } from './frame.ts';
import type { Code } from './frame.ts';
import { Failure, typeOf } from './value.ts';
import type { Outcome } from './value.ts';

const BOOL = ['bool'] as const;

/** `false` on either side decides, even where the other side has no value. */
export function and(at: number, left: Compiled, right: Compiled): Compiled {
  return decided(at, '&&', false, [left, right]);
}

/** `true` on either side decides. */
export function or(at: number, left: Compiled, right: Compiled): Compiled {
  return decided(at, '||', true, [left, right]);
}

export function not(at: number, operand: Compiled): Compiled {
  mustBe(operand, BOOL, 'what ! is put before');
  return compiled(at, 'bool', [operand], (frame) => {
    const value = operand.code(frame);
    return typeof value === 'boolean' ? !value : unusable(value, '!');
  });
}

export function conditional(at: number, test: Compiled, then: Compiled, otherwise: Compiled): Compiled {
  mustBe(test, BOOL, 'what is asked before ?');
  return compiled(at, either(then, otherwise), [test, then, otherwise], (frame) => {
    const value = test.code(frame);
    if (typeof value !== 'boolean') return unusable(value, '?');
    return value ? then.code(frame) : otherwise.code(frame);
  });
}

function decided(at: number, operator: '&&' | '||', deciding: boolean, sides: readonly [Compiled, Compiled]): Compiled {
  for (const side of sides) mustBe(side, BOOL, `each side of ${operator}`);
  const [left, right] = [sides[0].code, sides[1].code];
  const code: Code = (frame) => {
    const first = left(frame);
    if (first === deciding) return first;
    // A budget that is used up is no matter of one side.
    if (frame.steps < 0) return OVER_BUDGET;
    const second = right(frame);
    if (second === deciding) return second;
    return typeof first === 'boolean' && typeof second === 'boolean'
      ? !deciding
      : unusable(typeof first === 'boolean' ? second : first, operator);
  };
  return compiled(at, 'bool', sides, code);
}

function unusable(value: Outcome, operator: string): Failure {
  return value instanceof Failure ? value : new Failure(`${operator} takes bool, and there is ${typeOf(value)}`);
}
