import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { arrayAt, isJsonObject, member, stringAt } from '../lib/json.ts';
import type { ActionName, PluginArguments, PluginOption, SchedulerPolicy } from './policy.ts';

export type PolicyResult =
  | { readonly kind: 'policy'; readonly policy: SchedulerPolicy }
  | { readonly kind: 'errors'; readonly errors: readonly FieldError[] };

const ACTIONS: readonly ActionName[] = ['enqueue', 'allocate', 'backfill'];
const PLUGINS: readonly string[] = ['binpack', 'gang', 'nodeorder', 'predicates', 'priority', 'proportion'];

/**
 * Reads Volcano's scheduler configuration (`actions: "enqueue, allocate"`, `tiers[].plugins[]` with `name`, `arguments`).
 * All mistakes are told at once; enable switches that are true are the default and accepted, false is refused as not served.
 */
export function readPolicy(raw: unknown): PolicyResult {
  const errors: FieldError[] = [];
  if (!isJsonObject(raw))
    return { kind: 'errors', errors: [fieldError('(root)', 'FieldValueInvalid', raw, 'must be a map')] };
  const actions = readActions(raw, errors);
  const tiers = arrayAt(raw, 'tiers').map((tier, t) =>
    arrayAt(tier, 'plugins').flatMap((plugin, p) => readPlugin(plugin, `tiers[${t}].plugins[${p}]`, errors)),
  );
  if (tiers.flat().length === 0 && errors.length === 0) {
    errors.push(fieldError('tiers', 'FieldValueRequired', undefined, 'must name at least one plugin'));
  }
  return errors.length > 0 ? { kind: 'errors', errors } : { kind: 'policy', policy: Object.freeze({ actions, tiers }) };
}

function readActions(raw: unknown, errors: FieldError[]): ActionName[] {
  const text = stringAt(raw, ['actions']);
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0)
    errors.push(
      fieldError(
        'actions',
        'FieldValueRequired',
        undefined,
        'must list the actions, e.g. "enqueue, allocate, backfill"',
      ),
    );
  return names.flatMap((name) => {
    const known = ACTIONS.find((action) => action === name);
    if (known === undefined) errors.push(notSupported('actions', name, ACTIONS));
    return known ?? [];
  });
}

function readPlugin(raw: unknown, path: string, errors: FieldError[]): PluginOption[] {
  const name = stringAt(raw, ['name']);
  if (!PLUGINS.includes(name)) {
    errors.push(notSupported(`${path}.name`, name, PLUGINS));
    return [];
  }
  for (const [key, value] of Object.entries(isJsonObject(raw) ? raw : {})) {
    if (!key.startsWith('enable') || value === true) continue;
    errors.push(
      fieldError(`${path}.${key}`, 'FieldValueNotSupported', value, 'switching single hooks off is not supported'),
    );
  }
  return [Object.freeze({ name, arguments: readArguments(member(raw, 'arguments'), `${path}.arguments`, errors) })];
}

function readArguments(raw: unknown, path: string, errors: FieldError[]): PluginArguments {
  const out = new Map<string, string | number | boolean>();
  if (raw === undefined || raw === null) return out;
  if (!isJsonObject(raw)) {
    errors.push(fieldError(path, 'FieldValueInvalid', raw, 'must be a map'));
    return out;
  }
  for (const [key, value] of Object.entries(raw)) {
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') out.set(key, value);
    else errors.push(fieldError(`${path}.${key}`, 'FieldValueInvalid', value, 'must be a number, a text or a switch'));
  }
  return out;
}

function notSupported(path: string, value: string, known: readonly string[]): FieldError {
  return fieldError(path, 'FieldValueNotSupported', value, `must be one of ${known.join(', ')}`);
}
