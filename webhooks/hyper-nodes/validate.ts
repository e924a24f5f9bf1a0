import { readPattern } from '../../src/cel/pattern.ts';
import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt, memberAt, numberAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import type { AdmissionRequest, ClusterView } from '../admission.ts';
import type { Verdict } from '../verdict.ts';
import { isBeingDeleted } from '../being-deleted.ts';
import { allow, refuse, UNCHANGED } from '../verdict.ts';
import { HYPER_NODE_VIEW } from '../view-kinds.ts';

/** HyperNodes: what the schema and the rules in it do not say. */
export function validateHyperNodeReview(request: AdmissionRequest, view: ClusterView): Verdict {
  const { object: node, subresource } = request;
  if (subresource !== '' || node === undefined || isBeingDeleted(request)) return UNCHANGED;
  const members = arrayAt(node, 'spec', 'members');
  const errors =
    members.length === 0
      ? [fieldError('spec.members', 'FieldValueRequired', undefined, 'there must be at least one member')]
      : members.flatMap((member, index) => memberErrors(member, `spec.members[${index}]`));
  if (errors.length > 0) return refuse('InvalidHyperNode', ...errors);
  const warnings = tierWarnings(stringAt(node, ['metadata', 'name'], request.name), node, view);
  return warnings.length === 0 ? UNCHANGED : allow([], warnings);
}

/** A HyperNode lies in one of a higher tier only; what is said otherwise counts for nothing, and Volcano takes it without a word. */
function tierWarnings(name: string, node: JsonObject, view: ClusterView): readonly string[] {
  const tier = numberAt(node, ['spec', 'tier'], 0);
  const known = view.of(HYPER_NODE_VIEW);
  return arrayAt(node, 'spec', 'members').flatMap((member, index) => {
    const part = stringAt(member, ['selector', 'exactMatch', 'name']);
    if (part === '' || stringAt(member, ['type']) !== 'HyperNode') return [];
    const tierBelow = part === name ? tier : known.get(part)?.tier;
    if (tierBelow === undefined || tierBelow < tier) return [];
    return [`spec.members[${index}]: ${part} is of tier ${tierBelow}, not of one below ${tier}: it is left out`];
  });
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
