import { arrayAt, isJsonObject, member, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';

/** What is wrong with the policies by which a group is split into parts (`spec.subGroupPolicy`). */
export function subGroupErrors(policies: readonly JsonValue[]): readonly FieldError[] {
  const names = new Set<string>();
  return policies.flatMap((policy, at) => {
    const path = `spec.subGroupPolicy[${at}]`;
    if (!isJsonObject(policy)) return [fieldError(path, 'FieldValueInvalid', policy, 'must be an object')];
    const name = stringAt(policy, ['name']);
    const isRepeated = name !== '' && names.has(name);
    names.add(name);
    return [
      ...(isRepeated ? [fieldError(`${path}.name`, 'FieldValueDuplicate', name, 'names another policy already')] : []),
      ...sizeErrors(path, policy),
      ...selectorErrors(`${path}.labelSelector`, member(policy, 'labelSelector')),
      ...keyErrors(`${path}.matchLabelKeys`, arrayAt(policy, 'matchLabelKeys')),
    ];
  });
}

/** Of pods that no label tells apart there is one part. */
function sizeErrors(path: string, policy: JsonObject): readonly FieldError[] {
  const size = member(policy, 'subGroupSize');
  const least = member(policy, 'minSubGroups');
  const errors = [...countErrors(`${path}.subGroupSize`, size, 1), ...countErrors(`${path}.minSubGroups`, least, 0)];
  if (typeof least !== 'number' || least <= 1 || arrayAt(policy, 'matchLabelKeys').length > 0) return errors;
  const message = 'is more than 1, and without matchLabelKeys all pods of the policy are one part';
  return [...errors, fieldError(`${path}.minSubGroups`, 'FieldValueInvalid', least, message)];
}

function countErrors(path: string, value: JsonValue | undefined, least: number): readonly FieldError[] {
  if (value === undefined || value === null) return [];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return [];
  return [fieldError(path, 'FieldValueInvalid', value, `must be a whole number of at least ${least}`)];
}

function keyErrors(path: string, keys: readonly JsonValue[]): readonly FieldError[] {
  return keys.flatMap((key, at) => {
    if (typeof key !== 'string' || key === '')
      return [fieldError(`${path}[${at}]`, 'FieldValueInvalid', key, 'must be the key of a label')];
    if (keys.indexOf(key) === at) return [];
    return [fieldError(`${path}[${at}]`, 'FieldValueDuplicate', key, 'is named already')];
  });
}

/** A selector that cannot be read would be for no pod, and nobody would see why the group waits. */
function selectorErrors(path: string, selector: JsonValue | undefined): readonly FieldError[] {
  if (selector === undefined || selector === null) return [];
  const labels = Object.entries(objectAt(selector, 'matchLabels'));
  return [
    ...labels.flatMap(([key, value]) =>
      typeof value === 'string'
        ? []
        : [fieldError(`${path}.matchLabels[${key}]`, 'FieldValueInvalid', value, 'must be a text')],
    ),
    ...arrayAt(selector, 'matchExpressions').flatMap((each, at) =>
      expressionErrors(`${path}.matchExpressions[${at}]`, each),
    ),
  ];
}

function expressionErrors(path: string, expression: JsonValue): readonly FieldError[] {
  const operator = member(expression, 'operator');
  const values = arrayAt(expression, 'values');
  if (stringAt(expression, ['key']) === '')
    return [fieldError(`${path}.key`, 'FieldValueRequired', undefined, 'is required')];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length > 0) return [];
    return [fieldError(`${path}.values`, 'FieldValueRequired', undefined, `is required with ${operator}`)];
  }
  if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length === 0) return [];
    return [fieldError(`${path}.values`, 'FieldValueForbidden', values, `has no meaning with ${operator}`)];
  }
  const message = 'must be In, NotIn, Exists or DoesNotExist';
  return [fieldError(`${path}.operator`, 'FieldValueNotSupported', operator, message)];
}
