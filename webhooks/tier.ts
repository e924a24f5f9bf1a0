import { fieldError } from '../src/lib/field-error.ts';
import type { FieldError } from '../src/lib/field-error.ts';
import { member, stringAt } from '../src/lib/json.ts';
import type { JsonValue } from '../src/lib/json.ts';

/** The two spellings of one limit exclude each other. */
export function tierErrors(topology: JsonValue | undefined, path: string): readonly FieldError[] {
  if (typeof member(topology, 'highestTierAllowed') !== 'number' || stringAt(topology, ['highestTierName']) === '') {
    return [];
  }
  const message = 'must not specify highestTierAllowed and highestTierName simultaneously';
  return [fieldError(`${path}.networkTopology`, 'FieldValueForbidden', undefined, message)];
}
