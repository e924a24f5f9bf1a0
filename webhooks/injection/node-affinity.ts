import { fieldError } from '../../src/lib/field-error.ts';
import type { FieldError } from '../../src/lib/field-error.ts';
import { arrayAt, isJsonObject, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import type { ObjectPatch, PatchPath } from '../object-patch.ts';
import type { NodePreference, NodeRequirement } from './injection.ts';

const NODE_AFFINITY = ['affinity', 'nodeAffinity'] as const;
/** Below the spec of a pod. */
export const REQUIRED_TERMS = [
  ...NODE_AFFINITY,
  'requiredDuringSchedulingIgnoredDuringExecution',
  'nodeSelectorTerms',
] as const;
export const PREFERRED_TERMS = [...NODE_AFFINITY, 'preferredDuringSchedulingIgnoredDuringExecution'] as const;

/** Each requirement goes into each of the pod's own terms: a patch that is longer than this helps nobody. */
const MOST_EXPRESSIONS = 512;

/**
 * Terms are alternatives, so a requirement holds only when it stands in every one of them; where the pod has none it gets one.
 * A term without any expression matches no node and stays as it is: with one it would match some.
 */
export function requireNodes(
  patch: ObjectPatch,
  spec: JsonObject,
  at: PatchPath,
  path: string,
  wanted: readonly NodeRequirement[],
): readonly FieldError[] {
  const requirements = distinct(wanted);
  if (requirements.length === 0) return [];
  const terms = arrayAt(spec, ...REQUIRED_TERMS);
  if (terms.length * requirements.length > MOST_EXPRESSIONS) return [tooMany(path, terms.length, requirements.length)];
  if (terms.length === 0) {
    patch.append([...at, ...REQUIRED_TERMS], { matchExpressions: requirements.map(expression) });
    return [];
  }
  for (const [index, term] of terms.entries()) {
    const own = arrayAt(term, 'matchExpressions');
    if (own.length === 0 && arrayAt(term, 'matchFields').length === 0) continue;
    const lacking = requirements.filter((one) => !own.some((found) => isSame(found, one)));
    patch.append([...at, ...REQUIRED_TERMS, index, 'matchExpressions'], ...lacking.map(expression));
  }
  return [];
}

/** Adds the wishes that the pod does not have yet, whatever their weight there. */
export function preferNodes(
  patch: ObjectPatch,
  spec: JsonObject,
  at: PatchPath,
  wanted: readonly NodePreference[],
): void {
  const own = arrayAt(spec, ...PREFERRED_TERMS).map((term) => arrayAt(term, 'preference', 'matchExpressions'));
  const lacking: NodePreference[] = [];
  for (const one of wanted) {
    const known = [...own, ...lacking.map(({ requirements }) => requirements.map(expression))];
    if (!known.some((found) => isSameTerm(found, one.requirements))) lacking.push(one);
  }
  patch.append(
    [...at, ...PREFERRED_TERMS],
    ...lacking.map(({ weight, requirements }) => ({
      weight: Math.min(100, Math.max(1, Math.round(weight))),
      preference: { matchExpressions: requirements.map(expression) },
    })),
  );
}

function expression({ key, operator, values }: NodeRequirement): JsonValue {
  return { key, operator, ...(values.length === 0 ? {} : { values: [...values] }) };
}

function isSameTerm(found: readonly JsonValue[], requirements: readonly NodeRequirement[]): boolean {
  return found.length === requirements.length && requirements.every((one) => found.some((own) => isSame(own, one)));
}

/** Values are a set. */
function isSame(found: JsonValue, { key, operator, values }: NodeRequirement): boolean {
  if (!isJsonObject(found) || stringAt(found, ['key']) !== key || stringAt(found, ['operator']) !== operator)
    return false;
  const own = new Set(arrayAt(found, 'values'));
  return own.size === new Set(values).size && values.every((value) => own.has(value));
}

function distinct(wanted: readonly NodeRequirement[]): readonly NodeRequirement[] {
  return wanted.filter((one, at) => !wanted.slice(0, at).some((before) => isSame(expression(before), one)));
}

function tooMany(path: string, terms: number, requirements: number): FieldError {
  const where = `${path}spec.${REQUIRED_TERMS.join('.')}`;
  const message = `${requirements} requirements in each of ${terms} terms would be more than ${MOST_EXPRESSIONS}; ask with fewer terms`;
  return fieldError(where, 'FieldValueForbidden', '', message);
}
