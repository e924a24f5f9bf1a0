import { fieldError, keyPath } from '../../lib/field-error.ts';
import type { FieldError } from '../../lib/field-error.ts';
import { arrayAt, isJsonObject, member, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { parseWish } from '../accelerators/parse-wish.ts';
import { parseDatasetClaims } from '../dataset-claims.ts';
import { objects, text, textMap } from '../projections/metadata.ts';
import { CONFLICT_RULES } from '../records/policy.ts';
import type { ConflictRule, PolicySettings, PolicyToleration, PolicyValue } from '../records/policy.ts';
import type { NodeRequirement } from '../records/scheduling-shape.ts';
import { isDomain, isLabelText, keyProblem } from './closed-keys.ts';

/** Reads `set`: the closed list of what a policy may write. */
export function readSettings(raw: JsonObject, path: string, errors: FieldError[]): PolicySettings {
  return {
    queue: named(raw, 'queue', path, errors),
    minMembers: minMembers(raw),
    priorityClass: priorityClass(raw, path, errors),
    runtimeClass: named(raw, 'runtimeClass', path, errors),
    labels: entries(raw, 'labels', path, errors),
    annotations: entries(raw, 'annotations', path, errors),
    tolerations: tolerations(raw, path, errors),
    nodeRequirements: nodeRequirements(raw, path, errors),
    schedulingGate: schedulingGate(raw, path, errors),
    accelerators: wish(raw, path, errors),
    dataLocality: dataLocality(raw, path, errors),
  };
}

function onConflict(raw: JsonObject): ConflictRule {
  return CONFLICT_RULES.find((rule) => rule === text(raw, 'onConflict')) ?? 'IfAbsent';
}

function named(raw: JsonObject, field: string, path: string, errors: FieldError[]): PolicyValue<string> | undefined {
  const from = member(raw, field);
  if (!isJsonObject(from)) return undefined;
  const value = text(from, 'name');
  if (!isDomain(value)) {
    const message = 'must be the name of an object: lower-case letters, digits, dashes and dots';
    errors.push(fieldError(`${path}.${field}.name`, 'FieldValueInvalid', value, message));
  }
  return { value, onConflict: onConflict(from) };
}

function priorityClass(raw: JsonObject, path: string, errors: FieldError[]): PolicyValue<string> | undefined {
  const read = named(raw, 'priorityClass', path, errors);
  if (read?.value.startsWith('system-') === true) {
    const message = 'is kept for what the cluster itself needs to run';
    errors.push(fieldError(`${path}.priorityClass.name`, 'FieldValueForbidden', read.value, message));
  }
  return read;
}

function minMembers(raw: JsonObject): PolicyValue<number> | undefined {
  const from = objectAt(raw, 'gang');
  const value = member(from, 'minMembers');
  return typeof value === 'number' ? { value, onConflict: onConflict(from) } : undefined;
}

function entries(
  raw: JsonObject,
  map: 'labels' | 'annotations',
  path: string,
  errors: FieldError[],
): PolicySettings['labels'] {
  const from = member(raw, map);
  if (!isJsonObject(from)) return undefined;
  const value = [...textMap(member(from, 'values'))].toSorted(([a], [b]) => (a < b ? -1 : 1));
  for (const [key, wanted] of value) {
    const where = keyPath(`${path}.${map}.values`, key);
    const problem = keyProblem(key);
    if (problem !== undefined) errors.push(fieldError(where, 'FieldValueForbidden', key, problem));
    else if (map === 'labels' && !isLabelText(wanted)) {
      errors.push(fieldError(where, 'FieldValueInvalid', wanted, 'is no value of a label'));
    }
  }
  return { value: Object.fromEntries(value), onConflict: onConflict(from) };
}

function tolerations(raw: JsonObject, path: string, errors: FieldError[]): readonly PolicyToleration[] {
  return objects(raw, 'tolerations', 'ensure').map((one, index) => {
    const where = keyPath(`${path}.tolerations.ensure`, String(index));
    const seconds = member(one, 'tolerationSeconds');
    const toleration: PolicyToleration = {
      key: text(one, 'key'),
      operator: text(one, 'operator') === 'Exists' ? 'Exists' : 'Equal',
      value: text(one, 'value'),
      effect: text(one, 'effect'),
      ...(typeof seconds === 'number' ? { tolerationSeconds: seconds } : {}),
    };
    const problem = tolerationProblem(toleration);
    if (problem !== undefined) errors.push(fieldError(where, 'FieldValueInvalid', one, problem));
    return toleration;
  });
}

function tolerationProblem(toleration: PolicyToleration): string | undefined {
  const { key, operator, value, effect, tolerationSeconds } = toleration;
  if (operator === 'Exists' && value !== '') return 'value must be empty with Exists';
  if (key === '' && operator === 'Equal') return 'without a key the operator must be Exists';
  if (!isLabelText(value)) return 'the value of a taint is like that of a label';
  return tolerationSeconds !== undefined && effect !== 'NoExecute'
    ? 'tolerationSeconds only counts with NoExecute'
    : undefined;
}

function nodeRequirements(raw: JsonObject, path: string, errors: FieldError[]): readonly NodeRequirement[] {
  return objects(raw, 'nodeRequirements', 'all').map((one, index) => {
    const where = keyPath(`${path}.nodeRequirements.all`, String(index));
    const requirement: NodeRequirement = {
      key: text(one, 'key'),
      operator: REQUIREMENTS.find((operator) => operator === text(one, 'operator')) ?? 'In',
      values: arrayAt(one, 'values').filter((value) => typeof value === 'string'),
    };
    const problem = requirementProblem(requirement);
    if (problem !== undefined) errors.push(fieldError(where, 'FieldValueInvalid', one, problem));
    return requirement;
  });
}

const REQUIREMENTS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const;
const WHOLE = /^-?\d{1,18}$/;

function requirementProblem({ operator, values }: NodeRequirement): string | undefined {
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) return `${operator} needs values`;
      return values.every(isLabelText) ? undefined : 'values are values of labels';
    case 'Gt':
    case 'Lt':
      return values.length === 1 && WHOLE.test(values[0] ?? '') ? undefined : `${operator} takes one whole number`;
    default:
      return values.length === 0 ? undefined : `${operator} takes no values`;
  }
}

function schedulingGate(raw: JsonObject, path: string, errors: FieldError[]): string {
  const name = text(objectAt(raw, 'schedulingGate'), 'name');
  const problem = name === '' ? undefined : keyProblem(name);
  if (problem !== undefined) {
    errors.push(fieldError(`${path}.schedulingGate.name`, 'FieldValueForbidden', name, problem));
  }
  return name;
}

function wish(raw: JsonObject, path: string, errors: FieldError[]): string {
  const words = text(raw, 'accelerators');
  const parsed = words === '' ? undefined : parseWish(words);
  if (parsed?.kind === 'mistake') {
    const { column, message } = parsed.mistake;
    errors.push(fieldError(`${path}.accelerators`, 'FieldValueInvalid', words, `at ${column}: ${message}`));
  }
  return words;
}

function dataLocality(raw: JsonObject, path: string, errors: FieldError[]): string {
  const claims = text(raw, 'dataLocality');
  if (claims !== '' && parseDatasetClaims(claims) === undefined) {
    const message = 'must name datasets, such as "a,b!"; "!" for those that must be near';
    errors.push(fieldError(`${path}.dataLocality`, 'FieldValueInvalid', claims, message));
  }
  return claims;
}
