import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { exclusiveRulesText } from '../api/cards/exclusive-rules.ts';
import { isJsonObject } from '../lib/json.ts';
import type { JsonValue } from '../lib/json.ts';
import { flatMap, flatSwitched } from './flat-argument.ts';
import type { FlatArgument, Flatten } from './flat-argument.ts';
import type { PluginName } from './policy.ts';
import { argumentEntries } from './read-arguments.ts';
import { flatRescheduling } from './rescheduling-strategies.ts';
import { flatStrategies } from './strategies.ts';

/** Arguments that are maps in Volcano's file; the rules of arguments are about flat ones. */
const NESTED: Readonly<Partial<Record<PluginName, ReadonlyMap<string, Flatten>>>> = {
  deviceshare: new Map([['deviceshare.GPUExclusiveRules', flatRules]]),
  extender: new Map([['extender.managedResources', joined]]),
  rescheduling: new Map([['strategies', flatRescheduling]]),
  'resource-strategy-fit': new Map<string, Flatten>([
    ['resources', flatStrategies],
    ['sra', flatSwitched('sra')],
    ['proportional', flatSwitched('proportional')],
  ]),
  usage: new Map<string, Flatten>([
    ['thresholds', (given, path) => flatMap('thresholds', given, path)],
    ['estimator', flatEstimator],
  ]),
};

/** The arguments as the rules know them: `thresholds: { cpu: 80 }` is `thresholds.cpu`. */
export function flatArguments(
  plugin: PluginName,
  given: JsonValue | undefined,
  path: string,
  errors: FieldError[],
): readonly FlatArgument[] {
  return argumentEntries(given, path, errors).flatMap((entry): readonly FlatArgument[] => {
    const [key, value] = entry;
    return NESTED[plugin]?.get(key)?.(value, `${path}.${key}`, errors) ?? [entry];
  });
}

/** Limits of pods are not kept, so that nothing can be made of the room between them and the requests. */
function flatEstimator(given: JsonValue, path: string, errors: FieldError[]): readonly FlatArgument[] {
  const all = flatMap('estimator', given, path);
  const [, burst = 0] = all.find(([key]) => key === 'estimator.burst_ratio') ?? [];
  if (Number(burst) !== 0) {
    const problem = 'does nothing: limits of pods are not looked at';
    errors.push(fieldError(`${path}.burst_ratio`, 'FieldValueNotSupported', burst, problem));
  }
  return all.filter(([key]) => key !== 'estimator.burst_ratio');
}

/** A list of maps of labels is one text; what is none stays as it is. */
function flatRules(given: JsonValue, path: string): readonly FlatArgument[] {
  const key = 'deviceshare.GPUExclusiveRules';
  const rules = Array.isArray(given) ? given.map(labelsOf) : [undefined];
  const isList = rules.length > 0 && rules.every((rule) => rule !== undefined);
  return [[key, isList ? exclusiveRulesText(rules) : given, path]];
}

/** Values that need no quotes in YAML are numbers and switches there. */
function labelsOf(given: JsonValue): Readonly<Record<string, string>> | undefined {
  if (!isJsonObject(given)) return undefined;
  const labels: Record<string, string> = {};
  for (const [key, value] of Object.entries(given)) {
    if (value === null || typeof value === 'object') return undefined;
    labels[key] = `${value}`;
  }
  return Object.keys(labels).length === 0 ? undefined : labels;
}

/** A list of texts is one text; what is none stays as it is. */
function joined(given: JsonValue, path: string): readonly FlatArgument[] {
  const isList = Array.isArray(given) && given.every((each) => typeof each === 'string');
  return [['extender.managedResources', isList ? given.join(',') : given, path]];
}
