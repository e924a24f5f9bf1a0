import { fieldError } from '../../lib/field-error.ts';
import type { FieldError } from '../../lib/field-error.ts';
import { isJsonObject, member, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import { text, whole } from '../projections/metadata.ts';
import { ENFORCEMENTS, MISSING_RULES } from '../records/policy.ts';
import type { Policy } from '../records/policy.ts';
import { validateNamespacedWorkloadPolicy, validateWorkloadPolicy } from '../validate.ts';
import { fieldsOfNamespacedWorkloadPolicy } from '../generated/namespaced-workload-policy-fields.js';
import { fieldsOfWorkloadPolicy } from '../generated/workload-policy-fields.js';
import { unknownFields } from './unknown-fields.ts';
import { readMatch } from './read-match.ts';
import { readSettings } from './read-settings.ts';

/** A policy, told apart from what keeps it from being one. */
export type ReadPolicy =
  | { readonly kind: 'policy'; readonly policy: Policy }
  | { readonly kind: 'errors'; readonly errors: readonly FieldError[] };

/**
 * Reads a WorkloadPolicy, or a NamespacedWorkloadPolicy where a namespace is given: whatever its schema has against it, and what that
 * cannot say, all at once and with paths. O(size).
 */
export function readPolicy(raw: unknown, namespace: string, name: string): ReadPolicy {
  const schema = namespace === '' ? validateWorkloadPolicy : validateNamespacedWorkloadPolicy;
  const broken = schema(isJsonObject(raw) ? { ...raw, status: undefined } : raw);
  // Fields of the wrong type would be told twice.
  if (broken.length > 0) return { kind: 'errors', errors: broken };
  const spec = objectAt(raw, 'spec');
  const errors: FieldError[] = namespace === '' ? [] : foreignErrors(spec);
  const fields = namespace === '' ? fieldsOfWorkloadPolicy : fieldsOfNamespacedWorkloadPolicy;
  const unknown = unknownFields(fields, spec, 'spec');
  errors.push(...unknown.filter(({ path }) => !errors.some((told) => told.path === path)));
  const match = readMatch(objectAt(spec, 'match'), 'spec.match', errors);
  const exclude = readMatch(objectAt(spec, 'exclude'), 'spec.exclude', errors);
  const settings = readSettings(objectAt(spec, 'set'), 'spec.set', errors);
  selfErrors(settings.labels?.value ?? {}, { match, exclude }, errors);
  if (errors.length > 0) return { kind: 'errors', errors };
  const policy: Policy = {
    id: namespace === '' ? name : `${namespace}/${name}`,
    namespace,
    name,
    priority: whole(spec, 'priority', 0),
    match,
    exclude,
    settings,
    onMissingReference: oneOf(MISSING_RULES, spec, 'onMissingReference', 'Warn'),
    onFailedExpression: oneOf(MISSING_RULES, spec, 'onFailedExpression', 'Deny'),
    enforcement: oneOf(ENFORCEMENTS, spec, 'enforcement', 'Enforce'),
  };
  return { kind: 'policy', policy };
}

function foreignErrors(spec: JsonObject): FieldError[] {
  const errors: FieldError[] = [];
  for (const part of ['match', 'exclude']) {
    const named = member(objectAt(spec, part), 'namespaces');
    if (named === undefined || named === null) continue;
    const message = 'a policy of a namespace is for that one and no other';
    errors.push(fieldError(`spec.${part}.namespaces`, 'FieldValueForbidden', named, message));
  }
  return errors;
}

/** With its label written the policy would match other pods than before. */
function selfErrors(
  written: Readonly<Record<string, string>>,
  parts: Pick<Policy, 'match' | 'exclude'>,
  errors: FieldError[],
): void {
  for (const part of ['match', 'exclude'] as const) {
    for (const { key } of parts[part].selector ?? []) {
      if (!Object.hasOwn(written, key)) continue;
      const message = `the policy sets the label ${key} itself: whether it is for a pod must not depend on that`;
      errors.push(fieldError(`spec.${part}.selector`, 'FieldValueForbidden', key, message));
    }
  }
}

/** The member where it is one of the values, else what the schema presets. */
function oneOf<const V extends string>(values: readonly V[], from: JsonObject, key: string, preset: V): V {
  const written = text(from, key);
  return values.find((value) => value === written) ?? preset;
}
