import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { isJsonObject, member } from '../lib/json.ts';
import type { JsonValue } from '../lib/json.ts';
import { flatMap } from './flat-argument.ts';
import type { FlatArgument } from './flat-argument.ts';
import { refuseOtherKeys } from './read-shape.ts';

/** The only strategy that there is. */
const STRATEGY = 'lowNodeUtilization';
/** Any other resource is refused as an argument that nobody knows. */
const LIMITED = ['cpu', 'memory'];

/**
 * `strategies` of `rescheduling` is a list of a name and parameters, of which some are maps:
 * `[{ name: lowNodeUtilization, params: { thresholds: { cpu: 20 } } }]` becomes `thresholds.cpu`.
 */
export function flatRescheduling(raw: JsonValue, path: string, errors: FieldError[]): readonly FlatArgument[] {
  if (!Array.isArray(raw) || raw.length === 0) {
    errors.push(fieldError(path, 'FieldValueNotSupported', undefined, `must be a list of one strategy, ${STRATEGY}`));
    return [];
  }
  let isKnown = false;
  return raw.flatMap((strategy: JsonValue, i): readonly FlatArgument[] => {
    const at = `${path}[${i}]`;
    const isOther = !isJsonObject(strategy) || strategy['name'] !== STRATEGY;
    if (isOther || isKnown) {
      const message = isOther ? `must be ${STRATEGY}, which is the only one` : 'stands here a second time';
      errors.push(fieldError(`${at}.name`, 'FieldValueNotSupported', member(strategy, 'name'), message));
      return [];
    }
    isKnown = true;
    refuseOtherKeys(strategy, ['name', 'params'], at, errors);
    return flatParams(strategy['params'], `${at}.params`, errors);
  });
}

function flatParams(params: JsonValue | undefined, path: string, errors: FieldError[]): readonly FlatArgument[] {
  if (!isJsonObject(params)) {
    errors.push(fieldError(path, 'FieldValueRequired', params, 'must be a map'));
    return [];
  }
  errors.push(...limitErrors(params, path));
  return Object.entries(params).flatMap(([key, value]) => flatMap(key, value, `${path}.${key}`));
}

/** What is above its target would be sought and left at the same time; without any target nothing is ever too busy. */
function limitErrors(params: JsonValue, path: string): readonly FieldError[] {
  const targets = member(params, 'targetThresholds');
  const at = `${path}.targetThresholds`;
  if (!isJsonObject(targets) || Object.keys(targets).length === 0) {
    return [fieldError(at, 'FieldValueRequired', targets, 'must say above which percentage a node is too busy')];
  }
  return Object.entries(targets).flatMap(([resource, target]) => {
    if (!LIMITED.includes(resource)) return [];
    const low = member(member(params, 'thresholds'), resource);
    if (low !== undefined && Number(low) <= Number(target)) return [];
    const problem = 'must have one that is not above it in thresholds, up to which a node has room';
    return [fieldError(`${at}.${resource}`, 'FieldValueInvalid', target, problem)];
  });
}
