import { fieldError, keyPath } from '../../lib/field-error.ts';
import type { FieldError } from '../../lib/field-error.ts';
import { isJsonObject, member, objectAt } from '../../lib/json.ts';
import type { JsonValue } from '../../lib/json.ts';

/**
 * Fields that the schema does not name: the API server drops them from what it stores, so that what comes from a file would do less
 * than it says. Maps and open objects have any keys. O(size).
 */
export function unknownFields(schema: unknown, value: JsonValue | undefined, path: string): readonly FieldError[] {
  if (Array.isArray(value)) {
    const items = objectAt(schema, 'items');
    return value.flatMap((one: JsonValue, index) => unknownFields(items, one, keyPath(path, String(index))));
  }
  const properties = member(objectAt(schema), 'properties');
  if (!isJsonObject(value) || !isJsonObject(properties)) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const at = `${path}.${key}`;
    const known = member(properties, key);
    if (known === undefined) return [fieldError(at, 'FieldValueNotSupported', undefined, `there is no field ${key}`)];
    return unknownFields(known, part, at);
  });
}
