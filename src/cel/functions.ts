import { intFrom } from './arithmetic.ts';
import { listedKeys, textSteps } from './compare.ts';
import { OVER_BUDGET, pays } from './frame.ts';
import type { Frame } from './frame.ts';
import { parseQuantity } from '../lib/quantity.ts';
import { orderOfSemvers, parseSemver } from './semver.ts';
import type { Sign } from './semver.ts';
import { Failure, isList, isMap, lengthOf, Quantity, Semver } from './value.ts';
import type { Outcome, TypeName, Value } from './value.ts';

/** Of which type something is as far as the text tells; `dyn` when only the input will. */
export type StaticType = TypeName | 'dyn';

/** A function of the language that needs nothing but its arguments; `matches` is apart, since its pattern is compiled first. */
export interface CelFunction {
  readonly name: string;
  /** `member`: the first argument stands before the dot. */
  readonly form: 'global' | 'member';
  /** Types that each argument may have; `dyn` takes all. */
  readonly takes: readonly (readonly StaticType[])[];
  readonly gives: StaticType;
  /** One sentence for the reference page. */
  readonly says: string;
  readonly call: (args: readonly Value[], frame: Frame) => Outcome;
}

const TEXT: readonly StaticType[] = ['string'];
const AMOUNT: readonly StaticType[] = ['quantity'];
const ORDERED: readonly StaticType[] = ['quantity', 'semver'];
const SIZED: readonly StaticType[] = ['string', 'list', 'map'];

export const FUNCTIONS: readonly CelFunction[] = [
  {
    name: 'size',
    form: 'global',
    takes: [SIZED],
    gives: 'int',
    says: 'Characters of a string, entries of a list or map.',
    call: ([value], frame) => sizeOf(value, frame),
  },
  {
    name: 'size',
    form: 'member',
    takes: [SIZED],
    gives: 'int',
    says: 'The same.',
    call: ([value], frame) => sizeOf(value, frame),
  },
  onTexts('contains', 'Whether the text holds the other one.', (text, part) => text.includes(part)),
  onTexts('startsWith', 'Whether the text begins with the other one.', (text, part) => text.startsWith(part)),
  onTexts('endsWith', 'Whether the text ends with the other one.', (text, part) => text.endsWith(part)),
  {
    name: 'int',
    form: 'global',
    takes: [['int', 'double', 'string']],
    gives: 'int',
    says: 'The whole number; of a double without its fraction, of a text in decimal digits.',
    call: ([value]) => toInt(value ?? null),
  },
  {
    name: 'double',
    form: 'global',
    takes: [['int', 'double', 'string']],
    gives: 'double',
    says: 'The number with a fraction.',
    call: ([value]) => toDouble(value ?? null),
  },
  {
    name: 'string',
    form: 'global',
    takes: [['string', 'bool', 'int', 'double']],
    gives: 'string',
    says: 'The text of a value.',
    call: ([value]) => toText(value ?? null),
  },
  {
    name: 'bool',
    form: 'global',
    takes: [['bool', 'string']],
    gives: 'bool',
    says: 'Of a text: `true`, `True`, `TRUE`, `t` and `1`, or `false`, `False`, `FALSE`, `f` and `0`.',
    call: ([value]) => toBool(value ?? null),
  },
  {
    name: 'dyn',
    form: 'global',
    takes: [['dyn']],
    gives: 'dyn',
    says: 'The value itself; what the text tells of its type is forgotten.',
    call: ([value]) => value ?? null,
  },
  {
    name: 'quantity',
    form: 'global',
    takes: [TEXT],
    gives: 'quantity',
    says: 'The amount that the text writes as Kubernetes does, e.g. `500m` or `80Gi`.',
    call: ([text]) => toQuantity(text),
  },
  {
    name: 'isQuantity',
    form: 'global',
    takes: [TEXT],
    gives: 'bool',
    says: 'Whether the text is such an amount.',
    call: ([text]) => parseQuantity(text) !== undefined,
  },
  onOrdered(
    'isGreaterThan',
    'bool',
    'Whether the amount, or the version, is larger than the other.',
    (sign) => sign > 0,
  ),
  onOrdered('isLessThan', 'bool', 'Whether it is smaller than the other.', (sign) => sign < 0),
  onOrdered('compareTo', 'int', '-1, 0 or 1: it is smaller, as large, or larger.', BigInt),
  onAmounts('add', 'The sum of both amounts.', (a, b) => a + b),
  onAmounts('sub', 'The first amount without the second.', (a, b) => a - b),
  {
    name: 'semver',
    form: 'global',
    takes: [TEXT],
    gives: 'semver',
    says: 'The semantic version that the text writes, e.g. `1.2.3` or `2.0.0-rc.1`.',
    call: ([text]) => parseSemver(text) ?? new Failure('the text is no semantic version'),
  },
  {
    name: 'isSemver',
    form: 'global',
    takes: [TEXT],
    gives: 'bool',
    says: 'Whether the text is such a version.',
    call: ([text]) => parseSemver(text) !== undefined,
  },
  ...(['major', 'minor', 'patch'] as const).map((name, at) => onVersion(name, at)),
  onCase('lowerAscii', 'The text with the letters A to Z in lower case.', (text) =>
    text.replace(/[A-Z]+/g, (part) => part.toLowerCase()),
  ),
  onCase('upperAscii', 'The text with the letters a to z in upper case.', (text) =>
    text.replace(/[a-z]+/g, (part) => part.toUpperCase()),
  ),
];

/** The functions of a name and form; the arguments tell which. */
export function functionsOf(name: string, form: CelFunction['form']): readonly CelFunction[] {
  return FUNCTIONS.filter((one) => one.name === name && one.form === form);
}

function onTexts(name: string, says: string, test: (text: string, part: string) => boolean): CelFunction {
  return {
    name,
    form: 'member',
    takes: [TEXT, TEXT],
    gives: 'bool',
    says,
    call: ([text, part], frame) => {
      if (typeof text !== 'string' || typeof part !== 'string') return NO_OVERLOAD;
      return pays(frame, textSteps(text.length + part.length)) ? test(text, part) : OVER_BUDGET;
    },
  };
}

/** Of two amounts, or two versions. */
function onOrdered(name: string, gives: StaticType, says: string, answer: (sign: Sign) => Value): CelFunction {
  return {
    name,
    form: 'member',
    takes: [ORDERED, ORDERED],
    gives,
    says,
    call: ([a, b]) => {
      if (a instanceof Semver && b instanceof Semver) return answer(orderOfSemvers(a, b));
      if (!(a instanceof Quantity) || !(b instanceof Quantity)) return NO_OVERLOAD;
      if (a.nano === b.nano) return answer(0);
      return answer(a.nano < b.nano ? -1 : 1);
    },
  };
}

function onAmounts(name: string, says: string, result: (a: bigint, b: bigint) => bigint): CelFunction {
  return {
    name,
    form: 'member',
    takes: [AMOUNT, AMOUNT],
    gives: 'quantity',
    says,
    call: ([a, b]) =>
      a instanceof Quantity && b instanceof Quantity ? new Quantity(result(a.nano, b.nano)) : NO_OVERLOAD,
  };
}

function onVersion(name: string, at: number): CelFunction {
  return {
    name,
    form: 'member',
    takes: [['semver']],
    gives: 'int',
    says: `The ${name} number of the version.`,
    call: ([version]) => (version instanceof Semver ? (version.numbers[at] ?? NO_OVERLOAD) : NO_OVERLOAD),
  };
}

function onCase(name: string, says: string, change: (text: string) => string): CelFunction {
  return {
    name,
    form: 'member',
    takes: [TEXT],
    gives: 'string',
    says,
    call: ([text], frame) => {
      if (typeof text !== 'string') return NO_OVERLOAD;
      return pays(frame, textSteps(text.length)) ? change(text) : OVER_BUDGET;
    },
  };
}

const NO_OVERLOAD = new Failure('the function does not take values of these types');
/** No number is written longer. */
const MAX_NUMBER_LENGTH = 128;

function sizeOf(value: Value | undefined, frame: Frame): Outcome {
  if (typeof value === 'string') return pays(frame, value.length / 16) ? BigInt(characters(value)) : OVER_BUDGET;
  if (value === undefined || value === null) return NO_OVERLOAD;
  if (isList(value)) return BigInt(lengthOf(value));
  if (!isMap(value)) return NO_OVERLOAD;
  const keys = listedKeys(value, frame);
  return keys === undefined ? OVER_BUDGET : BigInt(keys.length);
}

/** Code points: the second half of a pair does not count. */
function characters(text: string): number {
  let count = text.length;
  for (let at = 1; at < text.length; at += 1) {
    if ((text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800) count -= 1;
  }
  return count;
}

function toInt(value: Value): Outcome {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') {
    // The least int is left out as well, as in cel-go.
    return Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : new Failure('the number does not fit 64 bits');
  }
  if (typeof value !== 'string') return NO_OVERLOAD;
  if (value.length > MAX_NUMBER_LENGTH || !/^[+-]?\d+$/.test(value)) return new Failure('the text is no whole number');
  return intFrom(BigInt(value.replace('+', '')));
}

function toDouble(value: Value): Outcome {
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value);
  if (typeof value !== 'string') return NO_OVERLOAD;
  const isNumber = value.length <= MAX_NUMBER_LENGTH && /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value);
  return isNumber || value === 'NaN' ? Number(value) : new Failure('the text is no number');
}

function toText(value: Value): Outcome {
  if (typeof value === 'number') return doubleText(value);
  return typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : NO_OVERLOAD;
}

/** Without an exponent, however long it gets. */
function doubleText(value: number): string {
  const [mantissa = '', exponent] = String(value).split('e');
  if (exponent === undefined) return mantissa;
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)\.?(\d*)$/.exec(mantissa) ?? [];
  const shift = Number(exponent);
  if (shift < 0) return `${sign}0.${'0'.repeat(-shift - 1)}${whole}${fraction}`;
  return `${sign}${whole}${fraction.padEnd(shift, '0')}`;
}

const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
]);

function toBool(value: Value): Outcome {
  if (typeof value === 'boolean') return value;
  return typeof value === 'string'
    ? (TRUTHS.get(value) ?? new Failure('the text is neither true nor false'))
    : NO_OVERLOAD;
}

function toQuantity(text: Value | undefined): Outcome {
  const nano = parseQuantity(text);
  return nano === undefined ? new Failure('the text is no amount') : new Quantity(nano);
}
