import { readPattern } from '../../src/cel/pattern.ts';
import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt, memberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonValue } from '../../src/lib/json.ts';
import type { AdmissionRequest } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { refuse, UNCHANGED } from '../verdict.ts';

/** HyperNodes: what the schema and the rules in it do not say. */
export function validateHyperNodeReview(request: AdmissionRequest): Verdict {
  const { object: node, subresource } = request;
  if (subresource !== '' || node === undefined || isBeingDeleted(request)) return UNCHANGED;
  const members = arrayAt(node, 'spec', 'members');
  const errors =
    members.length === 0
      ? [fieldError('spec.members', 'FieldValueRequired', undefined, 'there must be at least one member')]
      : members.flatMap((member, index) => memberErrors(member, `spec.members[${index}]`));
  return errors.length > 0 ? refuse('InvalidHyperNode', ...errors) : UNCHANGED;
}

function memberErrors(member: JsonValue, path: string): readonly FieldError[] {
  return [...selectorErrors(member, `${path}.selector`), ...regexErrors(member, `${path}.selector.regexMatch.pattern`)];
}

/** The rules of the schema are about a selector that is there. */
function selectorErrors(member: JsonValue, path: string): readonly FieldError[] {
  if (memberAt(member, 'selector') === undefined) {
    return [
      fieldError(
        path,
        'FieldValueRequired',
        undefined,
        'member selector must have one of exactMatch, regexMatch or labelMatch',
      ),
    ];
  }
  const labels = memberAt(member, 'selector', 'labelMatch');
  if (labels === undefined || stringAt(member, ['type']) !== 'HyperNode') return [];
  return [fieldError(`${path}.labelMatch`, 'FieldValueForbidden', labels, 'labelMatch is for members of type Node')];
}

function regexErrors(member: JsonValue, path: string): readonly FieldError[] {
  const pattern = stringAt(member, ['selector', 'regexMatch', 'pattern']);
  const read = readPattern(pattern);
  if (read.kind === 'pattern') return [];
  return [fieldError(path, 'FieldValueInvalid', pattern, `member regexMatch pattern is invalid: ${read.problem}`)];
}
