import { arrayAt, isJsonObject, member, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { NodeRequirement, NodeTerm, PreferredNodeTerm } from '../records/scheduling-shape.ts';
import { objects, text, whole } from './metadata.ts';

/**
 * Terms of the required node affinity; undefined when the pod has none. A term without requirements matches nothing,
 * and so does one that cannot be read, so both are left out.
 */
export function requiredTerms(nodeAffinity: JsonObject): readonly NodeTerm[] | undefined {
  return nodeTerms(member(nodeAffinity, 'requiredDuringSchedulingIgnoredDuringExecution'));
}

/** Terms of a node selector; undefined when there is none. */
export function nodeTerms(selector: unknown): readonly NodeTerm[] | undefined {
  if (!isJsonObject(selector)) return undefined;
  return objects(selector, 'nodeSelectorTerms')
    .map(nodeTerm)
    .filter((term) => term !== undefined);
}

/** Terms of the preferred node affinity that can change a score. */
export function preferredTerms(nodeAffinity: JsonObject): readonly PreferredNodeTerm[] {
  return objects(nodeAffinity, 'preferredDuringSchedulingIgnoredDuringExecution').flatMap((raw) => {
    const term = nodeTerm(objectAt(raw, 'preference'));
    const weight = whole(raw, 'weight', 0);
    return term === undefined || weight <= 0 ? [] : [{ ...term, weight }];
  });
}

function nodeTerm(raw: JsonObject): NodeTerm | undefined {
  const labels = requirements(raw, 'matchExpressions');
  const fields = requirements(raw, 'matchFields');
  if (labels === undefined || fields === undefined || labels.length + fields.length === 0) return undefined;
  return { labels, fields };
}

/** Undefined as soon as one cannot be read: leaving it out would match more than was asked for. */
function requirements(raw: JsonObject, list: string): readonly NodeRequirement[] | undefined {
  const read = arrayAt(raw, list).map(requirement);
  const known = read.filter((entry) => entry !== undefined);
  return known.length === read.length ? known : undefined;
}

function requirement(raw: unknown): NodeRequirement | undefined {
  if (!isJsonObject(raw)) return undefined;
  const key = text(raw, 'key');
  const operator = OPERATORS.get(text(raw, 'operator'));
  if (key === '' || operator === undefined) return undefined;
  return { key, operator, values: arrayAt(raw, 'values').filter((value) => typeof value === 'string') };
}

const OPERATORS: ReadonlyMap<string, NodeRequirement['operator']> = new Map(
  (['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const).map((operator) => [operator, operator]),
);
