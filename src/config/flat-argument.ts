import { fieldError, keyPath } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { isJsonObject } from '../lib/json.ts';
import type { JsonValue } from '../lib/json.ts';

/** An argument as the rules know it (`thresholds.cpu`), and where it stands in the file. */
export type FlatArgument = readonly [key: string, value: JsonValue, path: string];

/** Makes flat arguments of one that is a map or a list in the file. */
export type Flatten = (given: JsonValue, path: string, errors: FieldError[]) => readonly FlatArgument[];

/** Of maps, and of maps in them. What is no map stays as it is, and is refused as an argument that nobody knows. */
export function flatMap(key: string, given: JsonValue, path: string): readonly FlatArgument[] {
  if (!isJsonObject(given)) return [[key, given, path]];
  return Object.entries(given).flatMap(([name, value]) => flatMap(`${key}.${name}`, value, keyPath(path, name)));
}

/** The same for what a switch in it turns on, and which does nothing without names of resources. */
export function flatSwitched(key: string): Flatten {
  return (given, path, errors) => {
    if (
      isJsonObject(given) &&
      (given['enable'] === true || given['enable'] === 'true') &&
      (given['resources'] ?? '') === ''
    ) {
      errors.push(fieldError(path, 'FieldValueNotSupported', given, 'does nothing without names of resources'));
    }
    return flatMap(key, given, path);
  };
}
