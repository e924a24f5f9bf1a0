import { MAX_UNAVAILABLE_ANNOTATION, MIN_AVAILABLE_ANNOTATION } from '../../src/api/keys.ts';
import { fieldError, keyPath } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { refuse, UNCHANGED } from '../verdict.ts';

const KEYS = [MIN_AVAILABLE_ANNOTATION, MAX_UNAVAILABLE_ANNOTATION] as const;

/** New pods of our schedulers: how many of their group may be missing is a number or a percentage, and is said once. */
export function validateNewPod({ object: pod, subresource }: AdmissionRequest): Verdict {
  if (pod === undefined || subresource !== '') return UNCHANGED;
  const errors = disruptionErrors(pod);
  return errors.length > 0 ? refuse('InvalidDisruption', ...errors) : UNCHANGED;
}

function disruptionErrors(pod: JsonObject): readonly FieldError[] {
  const said = KEYS.flatMap((key) => {
    const value = annotation(pod, key);
    return value === undefined ? [] : [{ key, value }];
  });
  const [, second] = said;
  const errors = said.flatMap(({ key, value }) => {
    const problem = amountProblem(key, value);
    return problem === undefined ? [] : [error(key, value, problem)];
  });
  if (second === undefined) return errors;
  const both = `not allow configure multiple annotations <[${KEYS.join(' ')}]> at same time`;
  return [...errors, error(second.key, second.value, both)];
}

function error(key: string, value: string, problem: string): FieldError {
  return fieldError(keyPath('metadata.annotations', key), 'FieldValueInvalid', value, problem);
}

function amountProblem(key: string, value: string): string | undefined {
  const given = `invalid value <${JSON.stringify(value)}> for ${key}`;
  if (/^[+-]?\d+$/.test(value)) return Number(value) > 0 ? undefined : `${given}, it must be a positive integer`;
  const percent = /^(\d+)%$/.exec(value)?.[1];
  if (percent !== undefined && Number(percent) > 0 && Number(percent) < 100) return undefined;
  return `${given}, it must be a valid percentage which between 1% ~ 99%`;
}

function annotation(pod: JsonObject, key: string): string | undefined {
  const value = stringAt(pod, ['metadata', 'annotations', key], ABSENT);
  return value === ABSENT ? undefined : value;
}

const ABSENT = '\0';
