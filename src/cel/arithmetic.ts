import { textSteps } from './compare.ts';
import { OVER_BUDGET, pays } from './frame.ts';
import type { Frame } from './frame.ts';
import { Failure, isList, itemsOf, lengthOf, MadeList, typeOf } from './value.ts';
import type { Outcome, Value } from './value.ts';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%';

const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;

/** Both sides are of one type: ints and doubles do not mix. */
export function calculate(operator: ArithmeticOperator, a: Value, b: Value, frame: Frame): Outcome {
  if (typeof a === 'bigint' && typeof b === 'bigint') return ofInts(operator, a, b);
  if (typeof a === 'number' && typeof b === 'number' && operator !== '%') return ofDoubles(operator, a, b);
  if (operator === '+') {
    if (typeof a === 'string' && typeof b === 'string') {
      return pays(frame, textSteps(a.length + b.length)) ? a + b : OVER_BUDGET;
    }
    if (isList(a) && isList(b)) {
      return pays(frame, lengthOf(a) + lengthOf(b)) ? new MadeList([...itemsOf(a), ...itemsOf(b)]) : OVER_BUDGET;
    }
  }
  return new Failure(`there is no ${typeOf(a)} ${operator} ${typeOf(b)}`);
}

/** The whole number within 64 bits. */
export function intFrom(value: bigint): Outcome {
  return value < MIN_INT || value > MAX_INT ? new Failure('the number does not fit 64 bits') : value;
}

function ofInts(operator: ArithmeticOperator, a: bigint, b: bigint): Outcome {
  switch (operator) {
    case '+':
      return intFrom(a + b);
    case '-':
      return intFrom(a - b);
    case '*':
      return intFrom(a * b);
    case '/':
      return b === 0n ? new Failure('division by zero') : intFrom(a / b);
    case '%':
      return b === 0n ? new Failure('division by zero') : a % b;
  }
}

function ofDoubles(operator: Exclude<ArithmeticOperator, '%'>, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
  }
}
