import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { isJsonObject, member } from '../lib/json.ts';
import type { JsonValue } from '../lib/json.ts';
import { refuseOtherKeys } from './read-shape.ts';

/** The only strategy that there is. */
const STRATEGY = 'lowNodeUtilization';

/**
 * `strategies` of `rescheduling` is a list of a name and parameters, of which some are maps:
 * `[{ name: lowNodeUtilization, params: { thresholds: { cpu: 20 } } }]` becomes `thresholds.cpu`.
 */
export function flatRescheduling(
  raw: JsonValue,
  path: string,
  errors: FieldError[],
): Readonly<Record<string, JsonValue>> {
  const strategy: JsonValue | undefined = Array.isArray(raw) && raw.length === 1 ? raw[0] : undefined;
  if (!isJsonObject(strategy) || strategy['name'] !== STRATEGY) {
    errors.push(fieldError(path, 'FieldValueNotSupported', undefined, `must be a list of one strategy, ${STRATEGY}`));
    return {};
  }
  refuseOtherKeys(strategy, ['name', 'params'], `${path}[0]`, errors);
  const params = strategy['params'];
  if (!isJsonObject(params)) {
    errors.push(fieldError(`${path}[0].params`, 'FieldValueRequired', params, 'must be a map'));
    return {};
  }
  errors.push(...limitErrors(params, `${path}[0].params`));
  const flat = Object.entries(params).flatMap(([key, value]): readonly (readonly [string, JsonValue])[] =>
    isJsonObject(value)
      ? Object.entries(value).map(([name, each]): [string, JsonValue] => [`${key}.${name}`, each])
      : [[key, value]],
  );
  return Object.fromEntries(flat);
}

/** What is above its target would be sought and left at the same time; without any target nothing is ever too busy. */
function limitErrors(params: JsonValue, path: string): readonly FieldError[] {
  const targets = member(params, 'targetThresholds');
  const at = `${path}.targetThresholds`;
  if (!isJsonObject(targets) || Object.keys(targets).length === 0) {
    return [fieldError(at, 'FieldValueRequired', targets, 'must say above which percentage a node is too busy')];
  }
  return Object.entries(targets).flatMap(([resource, target]) => {
    const low = member(member(params, 'thresholds'), resource);
    if (low !== undefined && Number(low) <= Number(target)) return [];
    const problem = 'must have one that is not above it in thresholds, up to which a node has room';
    return [fieldError(`${at}.${resource}`, 'FieldValueInvalid', target, problem)];
  });
}
