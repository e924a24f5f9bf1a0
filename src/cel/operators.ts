import { contains } from './access.ts';
import { calculate } from './arithmetic.ts';
import type { ArithmeticOperator } from './arithmetic.ts';
import { equals, order } from './compare.ts';
import { compiled, mustBe } from './compiled.ts';
import type { Compiled } from './compiled.ts';
import { OVER_BUDGET } from './frame.ts';
import type { Frame } from './frame.ts';
import type { StaticType } from './functions.ts';
import { and, or } from './logic.ts';
import { MistakeFound } from './mistake.ts';
import type { BinaryOperator } from './syntax.ts';
import { Failure, typeOf } from './value.ts';
import type { Outcome, Value } from './value.ts';

/** What each operator takes: two values of one of these types. */
const OPERANDS: Readonly<Record<ArithmeticOperator, readonly StaticType[]>> = {
  '+': ['int', 'double', 'string', 'list'],
  '-': ['int', 'double'],
  '*': ['int', 'double'],
  '/': ['int', 'double'],
  '%': ['int'],
};

const ORDERED: readonly StaticType[] = ['int', 'double', 'string', 'bool'];

export function binary(at: number, operator: BinaryOperator, left: Compiled, right: Compiled): Compiled {
  switch (operator) {
    case '&&':
      return and(at, left, right);
    case '||':
      return or(at, left, right);
    case 'in':
      return contains(at, left, right);
    case '==':
      return strict(at, 'bool', [left, right], equals);
    case '!=':
      return strict(at, 'bool', [left, right], (a, b, frame) => !equals(a, b, frame));
    case '<':
    case '<=':
    case '>':
    case '>=':
      return comparison(at, operator, left, right);
    default:
      return arithmetic(at, operator, left, right);
  }
}

export function minus(at: number, operand: Compiled): Compiled {
  mustBe(operand, ['int', 'double'], 'what - is put before');
  return compiled(at, operand.type, [operand], (frame) => {
    const value = operand.code(frame);
    if (value instanceof Failure) return value;
    if (typeof value === 'number') return -value;
    return typeof value === 'bigint' ? calculate('-', 0n, value, frame) : new Failure(`there is no -${typeOf(value)}`);
  });
}

const TESTS: Readonly<Record<'<' | '<=' | '>' | '>=', (sign: number) => boolean>> = {
  '<': (sign) => sign < 0,
  '<=': (sign) => sign <= 0,
  '>': (sign) => sign > 0,
  '>=': (sign) => sign >= 0,
};

function comparison(at: number, operator: keyof typeof TESTS, left: Compiled, right: Compiled): Compiled {
  for (const side of [left, right]) mustBe(side, ORDERED, `each side of ${operator}`);
  const numbers: readonly StaticType[] = ['int', 'double'];
  if (numbers.includes(left.type) !== numbers.includes(right.type)) mustBeAlike(at, operator, left, right);
  else if (!numbers.includes(left.type)) mustBeAlike(at, operator, left, right);
  const test = TESTS[operator];
  return strict(at, 'bool', [left, right], (a, b, frame) => {
    const sign = order(a, b, frame);
    return sign === undefined ? new Failure(`there is no ${typeOf(a)} ${operator} ${typeOf(b)}`) : test(sign);
  });
}

function arithmetic(at: number, operator: ArithmeticOperator, left: Compiled, right: Compiled): Compiled {
  for (const side of [left, right]) mustBe(side, OPERANDS[operator], `each side of ${operator}`);
  mustBeAlike(at, operator, left, right);
  const type = left.type === 'dyn' ? right.type : left.type;
  return strict(at, type, [left, right], (a, b, frame) => calculate(operator, a, b, frame));
}

function mustBeAlike(at: number, operator: string, left: Compiled, right: Compiled): void {
  if (left.type === 'dyn' || right.type === 'dyn' || left.type === right.type) return;
  throw new MistakeFound(at, `there is no ${left.type} ${operator} ${right.type}`);
}

/** Both sides are evaluated, and both need a value. */
function strict(
  at: number,
  type: StaticType,
  sides: readonly [Compiled, Compiled],
  combine: (a: Value, b: Value, frame: Frame) => Outcome,
): Compiled {
  const [left, right] = [sides[0].code, sides[1].code];
  return compiled(at, type, sides, (frame) => {
    const a = left(frame);
    if (a instanceof Failure) return a;
    const b = right(frame);
    if (b instanceof Failure) return b;
    const outcome = combine(a, b, frame);
    return frame.steps < 0 ? OVER_BUDGET : outcome;
  });
}
