import { readPattern } from '../../src/cel/name-pattern.ts';
import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt, isJsonObject, memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import type { AdmissionRequest, Verdict } from '../admission.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { qualifiedNameProblem } from '../pod-template/names.ts';
import { allow, refuse, UNCHANGED } from '../verdict.ts';

const NOTHING_PLACES_BY_IT = 'nodes of HyperNodes are counted, but nothing of Sluice places pods by them yet';

/** HyperNodes: what the schema and its rules cannot say, and what they say, where an API server does not know such rules. */
export function validateHyperNodeReview(request: AdmissionRequest): Verdict {
  const { object: node, oldObject: old, subresource } = request;
  if (subresource !== '' || node === undefined || isBeingDeleted(request)) return UNCHANGED;
  const members = arrayAt(node, 'spec', 'members');
  const errors = members.flatMap((member, index) => memberErrors(member, `spec.members[${index}]`));
  if (members.length === 0) errors.push(fieldError('spec.members', 'FieldValueRequired', undefined, NO_MEMBERS));
  if (errors.length > 0) return refuse('InvalidHyperNode', ...errors);
  return old === undefined ? allow([], [NOTHING_PLACES_BY_IT]) : UNCHANGED;
}

const NO_MEMBERS = 'member must have at least one';

function memberErrors(member: JsonValue, path: string): readonly FieldError[] {
  const type = stringAt(member, ['type']);
  const selector = objectAt(member, 'selector');
  return [
    ...(type === 'Node' || type === 'HyperNode'
      ? []
      : [fieldError(`${path}.type`, 'FieldValueNotSupported', type, `unknown member type ${type}`)]),
    ...selectorErrors(selector, type, `${path}.selector`),
  ];
}

const WAYS = ['exactMatch', 'regexMatch', 'labelMatch'] as const;

function selectorErrors(selector: JsonObject, type: string, path: string): readonly FieldError[] {
  const ways = WAYS.filter((way) => isJsonObject(selector[way]));
  if (ways.length === 0) {
    const message = 'member selector must have one of regexMatch or exactMatch or labelMatch';
    return [fieldError(path, 'FieldValueRequired', undefined, message)];
  }
  if (ways.length > 1) {
    const message = `member selector cannot have both ${ways[0]} and ${ways[1]}`;
    return [fieldError(path, 'FieldValueInvalid', undefined, message)];
  }
  if (ways[0] === 'exactMatch') return exactErrors(stringAt(selector, ['exactMatch', 'name']), `${path}.exactMatch.name`);
  if (ways[0] === 'regexMatch') {
    return regexErrors(stringAt(selector, ['regexMatch', 'pattern']), `${path}.regexMatch.pattern`);
  }
  if (type !== 'HyperNode') return [];
  const message = 'labelMatch is for members of type Node';
  return [fieldError(`${path}.labelMatch`, 'FieldValueForbidden', memberAt(selector, 'labelMatch'), message)];
}

function exactErrors(name: string, path: string): readonly FieldError[] {
  if (name === '') return [fieldError(path, 'FieldValueRequired', undefined, 'member exactMatch name is required')];
  const problem = qualifiedNameProblem(name);
  if (problem === undefined) return [];
  return [fieldError(path, 'FieldValueInvalid', name, `member exactMatch validate failed ${problem}`)];
}

function regexErrors(pattern: string, path: string): readonly FieldError[] {
  if (pattern === '') return [fieldError(path, 'FieldValueRequired', undefined, 'member regexMatch pattern is required')];
  const read = readPattern(pattern);
  if (read.kind === 'pattern') return [];
  return [fieldError(path, 'FieldValueInvalid', pattern, `member regexMatch pattern is invalid: ${read.problem}`)];
}
