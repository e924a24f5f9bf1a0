import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { isJsonObject, member } from '../lib/json.ts';
import type { JsonValue } from '../lib/json.ts';

/** The entries of a list; none when it is absent, and an error when it is something else. */
export function listAt(raw: unknown, key: string, path: string, errors: FieldError[]): readonly JsonValue[] {
  const list = member(raw, key);
  if (list === undefined || list === null) return [];
  if (Array.isArray(list)) return list as readonly JsonValue[];
  errors.push(fieldError(path, 'FieldValueInvalid', list, 'must be a list'));
  return [];
}

/** Whatever else a map holds would do nothing. */
export function refuseOtherKeys(raw: unknown, known: readonly string[], path: string, errors: FieldError[]): void {
  for (const [key, value] of Object.entries(isJsonObject(raw) ? raw : {})) {
    if (known.includes(key)) continue;
    const message = `is not supported; there are ${known.join(', ')}`;
    errors.push(fieldError(path === '' ? key : `${path}.${key}`, 'FieldValueNotSupported', value, message));
  }
}

export function notSupported(path: string, value: string, known: readonly string[]): FieldError {
  return fieldError(path, 'FieldValueNotSupported', value, `must be one of ${known.join(', ')}`);
}
