import { durationMs } from '../lib/duration.ts';
import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { isJsonObject, member, stringAt } from '../lib/json.ts';
import type { JsonValue } from '../lib/json.ts';
import { readMetricsSource } from './metrics-source.ts';
import type { MetricsSource } from './metrics-source.ts';
import { IDLE_ARGUMENTS } from './idle-arguments.ts';
import { flatArguments } from './nested-arguments.ts';
import { PLUGIN_ARGUMENTS } from './plugin-arguments.ts';
import { ACTION_NAMES, HOOK_SWITCHES, PLUGIN_NAMES } from './policy.ts';
import type { ActionName, HookSwitch, PluginName, PluginOption, SchedulerPolicy } from './policy.ts';
import { readActionArguments } from './read-action-arguments.ts';
import { readArguments } from './read-arguments.ts';
import { listAt, notSupported, refuseOtherKeys } from './read-shape.ts';

export type PolicyResult =
  | { readonly kind: 'policy'; readonly policy: SchedulerPolicy }
  | { readonly kind: 'errors'; readonly errors: readonly FieldError[] };

/**
 * What these hooks refuse is an invariant: without them the core would decide what the checker stops, again and again. So
 * the plugins have to be named, and the switches have to stay on.
 */
export const ENFORCING: ReadonlyMap<PluginName, HookSwitch> = new Map([
  ['gang', 'enableJobReady'],
  ['predicates', 'enablePredicate'],
  ['proportion', 'enabledAllocatable'],
  ['capacity', 'enabledAllocatable'],
]);

/** The same for plugins that need not be named. */
const KEPT_ON: ReadonlyMap<PluginName, HookSwitch> = new Map([...ENFORCING, ['deviceshare', 'enablePredicate']]);

/** Each shares out the cluster: one of them has to, and two would contradict each other. */
const SHARING: readonly PluginName[] = ['proportion', 'capacity', 'drf'];

/** Of each of these one has to be named; the first one will do. */
export const PLUGINS_OF_NEED: readonly (readonly PluginName[])[] = [
  ['gang'],
  ['predicates'],
  ['proportion', 'capacity'],
];

/** Plugins for which `enableHierarchy` means something. */
const HIERARCHICAL: readonly PluginName[] = ['capacity', 'drf', 'nodegroup'];

/** It shares out with `enableHierarchy` only. */
const SHARES_IN_A_TREE: PluginName = 'drf';

/** Volcano's switches of hooks that do not exist here: whether they are on or off, nobody is asked. */
export const WITHOUT_HOOK: readonly string[] = [
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

/** An argument about levels of queues. */
const OF_A_TREE = 'ancestorReclaimLevel';

const TOP_LEVEL = ['actions', 'tiers', 'configurations', 'metrics'] as const;

/** What is measured is an average over so long: a shorter round would see what the one before has mended. */
const AVERAGED_MS = 5 * 60_000;

/** Plugins that look at measurements of nodes. */
const MEASURING: readonly PluginName[] = ['usage', 'rescheduling'];

/**
 * Reads Volcano's scheduler configuration (`actions: "enqueue, allocate"`, `tiers[].plugins[]` with `name`, `arguments`,
 * `configurations[]` with the same for actions). All mistakes are told at once, whatever would do nothing among them.
 */
export function readPolicy(raw: unknown): PolicyResult {
  const errors: FieldError[] = [];
  if (!isJsonObject(raw))
    return { kind: 'errors', errors: [fieldError('(root)', 'FieldValueInvalid', raw, 'must be a map')] };
  refuseOtherKeys(raw, TOP_LEVEL, '', errors);
  const actions = readActions(raw, errors);
  const tiers = readTiers(raw, errors);
  const actionArguments = readActionArguments(raw, errors);
  const metrics = readMetricsSource(raw, errors);
  if (errors.length === 0)
    errors.push(
      ...enforcingErrors(tiers.flat()),
      ...orderErrors(tiers.flat()),
      ...cardErrors(tiers.flat()),
      ...measuringErrors(tiers, metrics),
      ...movingErrors(tiers, actions, metrics),
      ...askingErrors(tiers),
    );
  if (errors.length > 0) return { kind: 'errors', errors };
  return {
    kind: 'policy',
    policy: Object.freeze({ actions: Object.freeze(actions), tiers, actionArguments, metrics }),
  };
}

function readTiers(raw: unknown, errors: FieldError[]): readonly (readonly PluginOption[])[] {
  const seen = new Set<PluginName>();
  const tiers = listAt(raw, 'tiers', 'tiers', errors).map((tier, t) => {
    if (!isJsonObject(tier)) errors.push(fieldError(`tiers[${t}]`, 'FieldValueInvalid', tier, 'must be a map'));
    refuseOtherKeys(tier, ['plugins'], `tiers[${t}]`, errors);
    const plugins = listAt(tier, 'plugins', `tiers[${t}].plugins`, errors);
    return Object.freeze(plugins.flatMap((each, p) => readPlugin(each, `tiers[${t}].plugins[${p}]`, seen, errors)));
  });
  return Object.freeze(tiers);
}

function enforcingErrors(plugins: readonly PluginOption[]): readonly FieldError[] {
  const sharing = SHARING.filter((name) => plugins.some((each) => each.name === name && sharesOut(each)));
  if (sharing.length > 1) {
    const message = `only one of the plugins ${sharing.map(sharerInWords).join(' and ')} can share out the cluster`;
    return [fieldError('tiers', 'FieldValueInvalid', sharing.join(', '), message)];
  }
  const named = new Set(plugins.map(({ name }) => name));
  const missing: string[] = [...ENFORCING.keys()].filter((name) => !named.has(name) && !SHARING.includes(name));
  if (sharing.length === 0) missing.push(SHARING.map(sharerInWords).join(' or '));
  if (missing.length === 0) return [];
  return [fieldError('tiers', 'FieldValueRequired', undefined, `must name the plugins ${missing.join(', ')}`)];
}

function sharesOut({ name, isHierarchical }: PluginOption): boolean {
  return name !== SHARES_IN_A_TREE || isHierarchical === true;
}

function sharerInWords(name: PluginName): string {
  return name === SHARES_IN_A_TREE ? `${name} with enableHierarchy` : name;
}

/** Work belongs to one tenant: its namespace or its user. */
function orderErrors(plugins: readonly PluginOption[]): readonly FieldError[] {
  const both = ['drf.namespaceOrder', 'drf.userOrder'];
  const isBoth = plugins.some((plugin) => both.every((key) => plugin.arguments.get(key) === true));
  const message = `only one of the arguments ${both.join(' and ')} can be true`;
  return isBoth ? [fieldError('tiers', 'FieldValueInvalid', undefined, message)] : [];
}

/** A device plugin gives its cards out in one way. */
function cardErrors(plugins: readonly PluginOption[]): readonly FieldError[] {
  const ways = ['GPUSharingEnable', 'GPUNumberEnable', 'VGPUEnable'].map((way) => `deviceshare.${way}`);
  const on = ways.filter((way) => plugins.some((plugin) => plugin.arguments.get(way) === true));
  if (on.length < 2) return [];
  return [
    fieldError('tiers', 'FieldValueInvalid', undefined, `only one of the arguments ${on.join(' and ')} can be true`),
  ];
}

type Tiers = SchedulerPolicy['tiers'];

function optionOf(tiers: Tiers, name: PluginName): PluginOption | undefined {
  return tiers.flat().find((option) => option.name === name);
}

/** The plugin as it is configured would do nothing: the error is about its entry. */
function idle(tiers: Tiers, name: PluginName, message: string): FieldError {
  const t = tiers.findIndex((tier) => tier.some((option) => option.name === name));
  const p = tiers[t]?.findIndex((option) => option.name === name) ?? 0;
  return fieldError(`tiers[${t}].plugins[${p}].name`, 'FieldValueNotSupported', name, message);
}

/** It moves pods through the action alone, and only when it is told how busy is too busy. */
function movingErrors(
  tiers: Tiers,
  actions: readonly ActionName[],
  metrics: MetricsSource | undefined,
): readonly FieldError[] {
  const moving = optionOf(tiers, 'rescheduling');
  if (moving === undefined) return [];
  if (!actions.includes('shuffle')) return [idle(tiers, moving.name, 'does nothing without the action shuffle')];
  if (![...moving.arguments.keys()].some((key) => key.startsWith('targetThresholds.'))) {
    return [idle(tiers, moving.name, 'does nothing without strategies among its arguments')];
  }
  const interval = moving.arguments.get('interval');
  if (metrics === undefined || interval === undefined || (durationMs(String(interval)) ?? 0) >= AVERAGED_MS) return [];
  const message =
    'must give rescheduling an interval of 5m or more beside metrics, which are averages over five minutes';
  return [fieldError('tiers', 'FieldValueInvalid', interval, message)];
}

function askingErrors(tiers: Tiers): readonly FieldError[] {
  const asking = optionOf(tiers, 'extender');
  if (asking === undefined) return [];
  const given = [...asking.arguments.keys()];
  const asks = (...verbs: readonly string[]): boolean => verbs.some((verb) => given.includes(`extender.${verb}Verb`));
  const useless = (message: string): readonly FieldError[] => [idle(tiers, asking.name, message)];
  if (!given.includes('extender.urlPrefix') || !given.some((key) => key.endsWith('Verb'))) {
    return useless('does nothing without a urlPrefix and a verb among its arguments');
  }
  const asksOfNodes = asks('predicate', 'prioritize');
  if (given.includes('extender.answersByClass') && !asksOfNodes) {
    return useless('extender.answersByClass does nothing without predicateVerb or prioritizeVerb');
  }
  if (given.includes('extender.managedResources') && !asksOfNodes && !asks('preemptable', 'reclaimable')) {
    return useless('extender.managedResources does nothing without a verb about nodes or victims');
  }
  return [];
}

function measuringErrors(tiers: Tiers, metrics: MetricsSource | undefined): readonly FieldError[] {
  if (metrics !== undefined && MEASURING.every((name) => optionOf(tiers, name) === undefined)) {
    const message = `does nothing without a plugin that looks at it: ${MEASURING.join(', ')}`;
    return [fieldError('metrics', 'FieldValueNotSupported', metrics.address, message)];
  }
  if (metrics !== undefined || optionOf(tiers, 'usage') === undefined) return [];
  return [idle(tiers, 'usage', 'does nothing without metrics, which say where it reads how busy nodes are')];
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

function readPlugin(raw: JsonValue, path: string, seen: Set<PluginName>, errors: FieldError[]): PluginOption[] {
  const text = stringAt(raw, ['name']);
  const name = PLUGIN_NAMES.find((known) => known === text);
  if (name === undefined) {
    errors.push(notSupported(`${path}.name`, text, PLUGIN_NAMES));
    return [];
  }
  if (seen.has(name)) {
    errors.push(fieldError(`${path}.name`, 'FieldValueDuplicate', name, 'stands here a second time'));
  }
  seen.add(name);
  const off = readSwitches(raw, name, path, errors);
  const given = member(raw, 'arguments');
  const flat = flatArguments(name, given, `${path}.arguments`, errors);
  const taker = { name, rules: PLUGIN_ARGUMENTS[name], idle: IDLE_ARGUMENTS[name] };
  const pluginArguments = readArguments(flat, taker, errors);
  if (member(raw, 'enableHierarchy') === true) {
    if (name === SHARES_IN_A_TREE && off.has('enabledAllocatable')) {
      errors.push(fieldError(`${path}.enabledAllocatable`, 'FieldValueNotSupported', false, hasToStayOn(name)));
    }
    return [Object.freeze({ name, arguments: pluginArguments, off, isHierarchical: true })];
  }
  if (pluginArguments.has(OF_A_TREE)) {
    const problem = 'does nothing without enableHierarchy: true';
    errors.push(fieldError(`${path}.arguments.${OF_A_TREE}`, 'FieldValueNotSupported', given, problem));
  }
  return [Object.freeze({ name, arguments: pluginArguments, off })];
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
  if (value || KEPT_ON.get(name) !== key) return undefined;
  return hasToStayOn(name);
}

function hasToStayOn(name: PluginName): string {
  return `what ${name} refuses here must never be decided: it has to stay on`;
}
