import { fieldError, keyPath } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { isJsonObject } from '../lib/json.ts';
import type { JsonValue } from '../lib/json.ts';
import type { FlatArgument } from './flat-argument.ts';

const STRATEGIES = ['LeastAllocated', 'MostAllocated'] as const;

/**
 * Arguments of a plugin are flat, and `resources` of `resource-strategy-fit` is a map of maps:
 * `{ cpu: { type: T, weight: 2 } }` becomes `resources.cpu.type` and `resources.cpu.weight`.
 */
export function flatStrategies(raw: JsonValue, path: string, errors: FieldError[]): readonly FlatArgument[] {
  if (!isJsonObject(raw)) {
    errors.push(fieldError(path, 'FieldValueInvalid', raw, 'must be a map of names of resources'));
    return [];
  }
  return Object.entries(raw).flatMap(([name, strategy]) => flatStrategy(name, strategy, keyPath(path, name), errors));
}

function flatStrategy(name: string, strategy: JsonValue, path: string, errors: FieldError[]): readonly FlatArgument[] {
  const problems = strategyErrors(name, strategy, path);
  errors.push(...problems);
  if (problems.length > 0 || !isJsonObject(strategy)) return [];
  return [
    [`resources.${name}.type`, strategy['type'] ?? STRATEGIES[0], `${path}.type`],
    [`resources.${name}.weight`, strategy['weight'] ?? 1, `${path}.weight`],
  ];
}

function strategyErrors(name: string, strategy: JsonValue, path: string): readonly FieldError[] {
  if (!/^[^*]+\*?$/.test(name)) {
    return [fieldError(path, 'FieldValueInvalid', name, 'must be the name of a resource, or its beginning and one *')];
  }
  if (!isJsonObject(strategy)) return [fieldError(path, 'FieldValueInvalid', strategy, 'must be a map')];
  return Object.entries(strategy).flatMap(([field, value]) => {
    const problem = fieldProblem(field, value);
    return problem === undefined ? [] : [fieldError(`${path}.${field}`, 'FieldValueInvalid', value, problem)];
  });
}

function fieldProblem(field: string, value: JsonValue): string | undefined {
  if (field === 'type')
    return STRATEGIES.some((known) => known === value) ? undefined : `must be ${STRATEGIES.join(' or ')}`;
  if (field !== 'weight') return 'is no part of a strategy; there are type and weight';
  return typeof value === 'number' && value > 0 ? undefined : 'must be a number above 0';
}
