import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { arrayAt, isJsonObject, member, stringAt } from '../lib/json.ts';
import { ACTION_NAMES, HOOK_SWITCHES, PLUGIN_NAMES } from './policy.ts';
import type { ActionName, HookSwitch, PluginArguments, PluginName, PluginOption, SchedulerPolicy } from './policy.ts';

export type PolicyResult =
  | { readonly kind: 'policy'; readonly policy: SchedulerPolicy }
  | { readonly kind: 'errors'; readonly errors: readonly FieldError[] };

/**
 * What these hooks refuse is an invariant: without them the core would decide what the checker stops, again and again. So
 * the plugins have to be named, and the switches have to stay on.
 */
const ENFORCING: ReadonlyMap<PluginName, HookSwitch> = new Map([
  ['gang', 'enableJobReady'],
  ['predicates', 'enablePredicate'],
  ['proportion', 'enabledAllocatable'],
  ['capacity', 'enabledAllocatable'],
]);

/** Each shares out the cluster: one of them has to, and two would contradict each other. */
const SHARING: readonly PluginName[] = ['proportion', 'capacity'];

/** Plugins for which `enableHierarchy` means something. */
const HIERARCHICAL: readonly PluginName[] = ['capacity'];

/** Volcano's switches of hooks that do not exist here: whether they are on or off, nobody is asked. */
const WITHOUT_HOOK: readonly string[] = [
  'enabledVictim',
  'enableBestNode',
  'enableTargetJob',
  'enableReservedNodes',
  'enabledClusterOrder',
  'enabledHyperNodeOrder',
  'enabledHyperNodeGradient',
  'enabledSubJobReady',
  'enabledSubJobPipelined',
  'enabledSubJobOrder',
];

/**
 * Reads Volcano's scheduler configuration (`actions: "enqueue, allocate"`, `tiers[].plugins[]` with `name`, `arguments`).
 * All mistakes are told at once, switches that are not known among them.
 */
export function readPolicy(raw: unknown): PolicyResult {
  const errors: FieldError[] = [];
  if (!isJsonObject(raw))
    return { kind: 'errors', errors: [fieldError('(root)', 'FieldValueInvalid', raw, 'must be a map')] };
  const actions = readActions(raw, errors);
  const tiers = arrayAt(raw, 'tiers').map((tier, t) =>
    arrayAt(tier, 'plugins').flatMap((plugin, p) => readPlugin(plugin, `tiers[${t}].plugins[${p}]`, errors)),
  );
  if (errors.length === 0) errors.push(...enforcingErrors(new Set(tiers.flat().map(({ name }) => name))));
  return errors.length > 0 ? { kind: 'errors', errors } : { kind: 'policy', policy: frozen(actions, tiers) };
}

function enforcingErrors(named: ReadonlySet<PluginName>): readonly FieldError[] {
  const sharing = SHARING.filter((name) => named.has(name));
  if (sharing.length > 1) {
    const message = `only one of the plugins ${sharing.join(' and ')} can share out the cluster`;
    return [fieldError('tiers', 'FieldValueInvalid', sharing.join(', '), message)];
  }
  const missing: string[] = [...ENFORCING.keys()].filter((name) => !named.has(name) && !SHARING.includes(name));
  if (sharing.length === 0) missing.push(SHARING.join(' or '));
  if (missing.length === 0) return [];
  return [fieldError('tiers', 'FieldValueRequired', undefined, `must name the plugins ${missing.join(', ')}`)];
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
  const text = stringAt(raw, ['name']);
  const name = PLUGIN_NAMES.find((known) => known === text);
  if (name === undefined) {
    errors.push(notSupported(`${path}.name`, text, PLUGIN_NAMES));
    return [];
  }
  const off = readSwitches(raw, name, path, errors);
  const pluginArguments = readArguments(member(raw, 'arguments'), `${path}.arguments`, errors);
  const isHierarchical = member(raw, 'enableHierarchy') === true ? { isHierarchical: true as const } : {};
  return [Object.freeze({ name, arguments: pluginArguments, off, ...isHierarchical })];
}

/** The switches that are off. */
function readSwitches(raw: unknown, name: PluginName, path: string, errors: FieldError[]): ReadonlySet<HookSwitch> {
  const off = new Set<HookSwitch>();
  for (const [key, value] of Object.entries(isJsonObject(raw) ? raw : {})) {
    if (key === 'name' || key === 'arguments') continue;
    const problem = switchProblem(name, key, value);
    if (problem !== undefined) errors.push(fieldError(`${path}.${key}`, 'FieldValueNotSupported', value, problem));
    const known = HOOK_SWITCHES.find((each) => each === key);
    if (known !== undefined && value === false) off.add(known);
  }
  return off;
}

function switchProblem(name: PluginName, key: string, value: unknown): string | undefined {
  if (key === 'enableHierarchy') {
    if (value === false || (value === true && HIERARCHICAL.includes(name))) return undefined;
    return `a hierarchy of queues is for ${HIERARCHICAL.join(', ')} alone, and is on or off`;
  }
  if (!WITHOUT_HOOK.includes(key) && !HOOK_SWITCHES.some((known) => known === key)) {
    return `is no setting of a plugin; there are name, arguments and the switches ${HOOK_SWITCHES.join(', ')}`;
  }
  if (typeof value !== 'boolean') return 'must be true or false';
  if (value || ENFORCING.get(name) !== key) return undefined;
  return `what ${name} refuses here must never be decided: it has to stay on`;
}

function frozen(actions: ActionName[], tiers: PluginOption[][]): SchedulerPolicy {
  return Object.freeze({
    actions: Object.freeze(actions),
    tiers: Object.freeze(tiers.map((tier) => Object.freeze(tier))),
    actionArguments: new Map(),
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
