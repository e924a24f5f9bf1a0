import { Semver } from './value.ts';

export type Sign = -1 | 0 | 1;

/** Longer texts are nobody's version. */
const MAX_LENGTH = 256;
const NUMBER = '(0|[1-9]\\d*)';
const SHAPE = new RegExp(
  `^${NUMBER}\\.${NUMBER}\\.${NUMBER}(?:-([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
);
const DIGITS = /^\d+$/;

/** Of semver.org 2.0.0; undefined for anything else. Build metadata says nothing of the order and is not kept. */
export function parseSemver(text: unknown): Semver | undefined {
  const parts = typeof text === 'string' && text.length <= MAX_LENGTH ? SHAPE.exec(text) : null;
  if (parts === null) return undefined;
  const [, major = '', minor = '', patch = '', before] = parts;
  const names = before?.split('.') ?? [];
  if (names.some((name) => DIGITS.test(name) && name.length > 1 && name.startsWith('0'))) return undefined;
  return new Semver([BigInt(major), BigInt(minor), BigInt(patch)], names);
}

/** A release comes after all that stands before it. */
export function orderOfSemvers(a: Semver, b: Semver): Sign {
  for (const [at, number] of a.numbers.entries()) {
    const sign = signOf(number, b.numbers[at] ?? 0n);
    if (sign !== 0) return sign;
  }
  if (a.before.length === 0 || b.before.length === 0)
    return signOf(Number(a.before.length === 0), Number(b.before.length === 0));
  for (const [at, name] of a.before.entries()) {
    const other = b.before[at];
    if (other === undefined) return 1;
    const sign = orderOfNames(name, other);
    if (sign !== 0) return sign;
  }
  return a.before.length < b.before.length ? -1 : 0;
}

/** Numbers come before names. */
function orderOfNames(a: string, b: string): Sign {
  const [isNumber, isOtherNumber] = [DIGITS.test(a), DIGITS.test(b)];
  if (isNumber && isOtherNumber) return signOf(BigInt(a), BigInt(b));
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return signOf(a, b);
}

function signOf<T extends bigint | number | string>(a: T, b: T): Sign {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
