/** What a quantity is counted in once it is a plain number: thousandths, 1,024s, or ones. */
export type QuantityUnit = 'milli' | 'kibi' | 'one';

/** Which whole number an inexact amount becomes: what is asked for goes up (to plus infinity), what is offered down. */
export type Rounding = 'up' | 'down';

/** Regular expression of the texts that are quantities, for schemas; what it accepts, `parseQuantity` reads. */
export const QUANTITY_PATTERN = '^[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]{1,10})?$';

/**
 * The whole amount in the unit, clamped to the safe integers; undefined when it is not a Kubernetes quantity.
 * Takes JSON numbers too, since YAML's `cpu: 2` is one.
 */
export function quantityToUnits(raw: unknown, unit: QuantityUnit, rounding: Rounding): number | undefined {
  if (typeof raw === 'string') {
    const quick = quickUnits(raw, unit, rounding);
    if (quick !== undefined) return quick;
  }
  const nano = parseQuantity(raw);
  return nano === undefined ? undefined : clampToSafe(toUnits(nano, unit, rounding));
}

/**
 * The exact amount in billionths; undefined when it is not a Kubernetes quantity.
 * As in Kubernetes, what is finer than a billionth is rounded away from zero.
 */
export function parseQuantity(raw: unknown): bigint | undefined {
  if (typeof raw === 'number') return Number.isFinite(raw) ? parseText(String(raw)) : undefined;
  return typeof raw === 'string' ? parseText(raw) : undefined;
}

/**
 * Quantity text of a whole amount: thousandths as `1500m` or `2`, 1,024s with the largest exact suffix (`1536Ki`,
 * `3Gi`), ones as plain digits. Equal amounts give equal texts.
 */
export function formatUnits(value: number, unit: QuantityUnit): string {
  if (value === 0 || unit === 'one') return plainDigits(value);
  if (unit === 'milli') return value % 1000 === 0 ? plainDigits(value / 1000) : `${plainDigits(value)}m`;
  let rest = value;
  let step = 0;
  while (rest % 1024 === 0 && step < KIBI_SUFFIXES.length - 1) {
    rest /= 1024;
    step += 1;
  }
  return `${plainDigits(rest)}${KIBI_SUFFIXES[step] ?? ''}`;
}

/** Quantity text of billionths, exact, in the largest decimal unit of one or less: `2`, `1500m`, `7n`. */
export function formatNano(nano: bigint): string {
  let rest = nano;
  let step = NANO_SUFFIXES.length - 1;
  while (rest % 1000n === 0n && step > 0) {
    rest /= 1000n;
    step -= 1;
  }
  return `${rest}${NANO_SUFFIXES[step] ?? ''}`;
}

const NANO_SUFFIXES: readonly string[] = ['', 'm', 'u', 'n'];

const KIBI_SUFFIXES: readonly string[] = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];

/** Longer texts are nobody's amount; the limit bounds the work that a hostile one can cause. */
const MAX_LENGTH = 256;
/** Powers of ten beyond this saturate: every amount that large is past the safe integers in every unit. */
const MAX_EXPONENT = 400;

const SHAPE = /^([+-]?)(\d*)(?:\.(\d*))?([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d{1,10})?$/;
const NANO_DIGITS = 9;
const DECIMAL_EXPONENTS: ReadonlyMap<string, number> = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
]);

function parseText(text: string): bigint | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const parts = SHAPE.exec(text);
  if (parts === null) return undefined;
  const [, sign = '', whole = '', fraction = '', suffix = ''] = parts;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(`${whole}${fraction}`);
  const magnitude = scale(digits, NANO_DIGITS - fraction.length, suffix);
  return sign === '-' ? -magnitude : magnitude;
}

/** digits x 10^exponent x suffix, rounded up; a magnitude, so up is away from zero. */
function scale(digits: bigint, exponent: number, suffix: string): bigint {
  const binary = suffix.endsWith('i') ? KIBI_SUFFIXES.indexOf(suffix) + 1 : 0;
  const power = Math.min(exponent + (binary > 0 ? 0 : decimalExponent(suffix)), MAX_EXPONENT);
  const shifted = digits << BigInt(10 * binary);
  if (power >= 0) return shifted * 10n ** BigInt(power);
  // Digits are at most MAX_LENGTH long, so a deeper fraction than that is just "more than nothing".
  const divisor = 10n ** BigInt(Math.min(-power, 2 * MAX_EXPONENT));
  return (shifted + divisor - 1n) / divisor;
}

function decimalExponent(suffix: string): number {
  if (suffix === '') return 0;
  return DECIMAL_EXPONENTS.get(suffix) ?? Number(suffix.slice(1));
}

/** Billionths per unit. */
const NANO_PER_UNIT: Readonly<Record<QuantityUnit, bigint>> = {
  milli: 1_000_000n,
  one: 1_000_000_000n,
  kibi: 1_024_000_000_000n,
};

function toUnits(nano: bigint, unit: QuantityUnit, rounding: Rounding): bigint {
  const divisor = NANO_PER_UNIT[unit];
  const quotient = nano / divisor;
  const rest = nano % divisor;
  if (rest > 0n && rounding === 'up') return quotient + 1n;
  if (rest < 0n && rounding === 'down') return quotient - 1n;
  return quotient;
}

const MAX_SAFE = BigInt(Number.MAX_SAFE_INTEGER);

function clampToSafe(value: bigint): number {
  if (value > MAX_SAFE) return Number.MAX_SAFE_INTEGER;
  return value < -MAX_SAFE ? -Number.MAX_SAFE_INTEGER : Number(value);
}

/** Digits without an exponent: `String` alone writes 1e21 for what a product of large amounts may reach. */
function plainDigits(value: number): string {
  return Number.isSafeInteger(value) ? String(value === 0 ? 0 : value) : BigInt(Math.trunc(value)).toString();
}

/** Fifteen digits are exact as a number; anything longer takes the exact way. */
const QUICK_DIGITS = 15;

/** Per unit and suffix: multiply by the first, divide by the second. */
const QUICK_FACTORS: Readonly<Record<QuantityUnit, ReadonlyMap<string, readonly [number, number]>>> = {
  milli: new Map([
    ['', [1000, 1]],
    ['m', [1, 1]],
  ]),
  one: new Map([
    ['', [1, 1]],
    ['m', [1, 1000]],
    ['k', [1000, 1]],
  ]),
  kibi: new Map([
    ['', [1, 1024]],
    ['Ki', [1, 1]],
    ['Mi', [1024, 1]],
    ['Gi', [1024 ** 2, 1]],
    ['Ti', [1024 ** 3, 1]],
    ['k', [1000, 1024]],
    ['M', [1000 ** 2, 1024]],
    ['G', [1000 ** 3, 1024]],
  ]),
};

/** Digits and a usual suffix in plain numbers; undefined sends everything else, malformed or not, the exact way. */
function quickUnits(text: string, unit: QuantityUnit, rounding: Rounding): number | undefined {
  let at = 0;
  let digits = 0;
  for (; at < text.length && at <= QUICK_DIGITS; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) break;
    digits = digits * 10 + digit;
  }
  if (at === 0 || at > QUICK_DIGITS) return undefined;
  const factors = QUICK_FACTORS[unit].get(at === text.length ? '' : text.slice(at));
  if (factors === undefined) return undefined;
  const product = digits * factors[0];
  if (product > Number.MAX_SAFE_INTEGER) return undefined;
  const rest = product % factors[1];
  return (product - rest) / factors[1] + (rest > 0 && rounding === 'up' ? 1 : 0);
}
