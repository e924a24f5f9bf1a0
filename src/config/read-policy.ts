import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { arrayAt, isJsonObject, member, stringAt } from '../lib/json.ts';
import { ACTION_NAMES } from './policy.ts';
import type { ActionName, PluginArguments, PluginOption, SchedulerPolicy } from './policy.ts';

export type PolicyResult =
  | { readonly kind: 'policy'; readonly policy: SchedulerPolicy }
  | { readonly kind: 'errors'; readonly errors: readonly FieldError[] };

const PLUGINS: readonly string[] = ['binpack', 'gang', 'nodeorder', 'predicates', 'priority', 'proportion'];
/** What these refuse is an invariant: without them the core would decide what the checker stops, again and again. */
const ENFORCING: readonly string[] = ['gang', 'predicates', 'proportion'];

/**
 * Reads Volcano's scheduler configuration (`actions: "enqueue, allocate"`, `tiers[].plugins[]` with `name`, `arguments`).
 * All mistakes are told at once; enable switches that say what is the default are accepted, others refused.
 */
export function readPolicy(raw: unknown): PolicyResult {
  const errors: FieldError[] = [];
  if (!isJsonObject(raw))
    return { kind: 'errors', errors: [fieldError('(root)', 'FieldValueInvalid', raw, 'must be a map')] };
  const actions = readActions(raw, errors);
  const tiers = arrayAt(raw, 'tiers').map((tier, t) =>
    arrayAt(tier, 'plugins').flatMap((plugin, p) => readPlugin(plugin, `tiers[${t}].plugins[${p}]`, errors)),
  );
  const named = new Set(tiers.flat().map(({ name }) => name));
  const missing = ENFORCING.filter((name) => !named.has(name));
  if (missing.length > 0 && errors.length === 0) {
    errors.push(fieldError('tiers', 'FieldValueRequired', undefined, `must name the plugins ${missing.join(', ')}`));
  }
  return errors.length > 0 ? { kind: 'errors', errors } : { kind: 'policy', policy: frozen(actions, tiers) };
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
    const known = ACTION_NAMES.find((action) => action === name);
    if (known === undefined) errors.push(notSupported('actions', name, ACTION_NAMES));
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
    const problem = switchProblem(key, value);
    if (problem !== undefined) errors.push(fieldError(`${path}.${key}`, 'FieldValueNotSupported', value, problem));
  }
  return [Object.freeze({ name, arguments: readArguments(member(raw, 'arguments'), `${path}.arguments`, errors) })];
}

/** Every hook is on by default, the queue hierarchy is off; neither can be switched over. */
function switchProblem(key: string, value: unknown): string | undefined {
  if (key === 'enableHierarchy') return value === false ? undefined : 'a hierarchy of queues is not supported';
  return !key.startsWith('enable') || value === true ? undefined : 'switching single hooks off is not supported';
}

function frozen(actions: ActionName[], tiers: PluginOption[][]): SchedulerPolicy {
  return Object.freeze({
    actions: Object.freeze(actions),
    tiers: Object.freeze(tiers.map((tier) => Object.freeze(tier))),
  });
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
