import { fieldError, keyPath } from '../src/lib/field-error.ts';
import { member } from '../src/lib/json.ts';
import type { JsonObject } from '../src/lib/json.ts';
import type { DenyVerdict } from './verdict.ts';
import { refuse } from './verdict.ts';

/** A whole number from an annotation; `value` is undefined when the annotation is absent. */
export interface WholeNumber {
  readonly kind: 'number';
  readonly value: number | undefined;
}

/** Bounds of a whole number, both included, and what the upper one is in words. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly maxMeaning?: string;
}

/** More members than any cluster has pods; keeps sums far inside the safe integers. */
export const MAX_COUNT = 1_000_000;

/** Reads a count that a user wrote into an annotation; `path` is where the object stands that carries it. */
export function wholeNumberAnnotation(
  annotations: JsonObject,
  path: string,
  key: string,
  bounds: Bounds,
): WholeNumber | DenyVerdict {
  const text = member(annotations, key);
  if (text === undefined || text === null) return { kind: 'number', value: undefined };
  const value = typeof text === 'string' && DIGITS.test(text) ? Number(text) : Number.NaN;
  if (value >= bounds.min && value <= bounds.max) return { kind: 'number', value };
  const meaning = bounds.maxMeaning === undefined ? '' : ` (${bounds.maxMeaning})`;
  const message = `must be a whole number from ${bounds.min} to ${bounds.max}${meaning}`;
  return refuse(
    'InvalidMinMember',
    fieldError(keyPath(`${path}metadata.annotations`, key), 'FieldValueInvalid', text, message),
  );
}

const DIGITS = /^\d{1,9}$/;
