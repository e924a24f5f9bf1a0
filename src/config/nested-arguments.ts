import { fieldError } from '../lib/field-error.ts';
import type { FieldError } from '../lib/field-error.ts';
import { isJsonObject, member } from '../lib/json.ts';
import type { JsonValue } from '../lib/json.ts';
import type { PluginName } from './policy.ts';
import { flatRescheduling } from './rescheduling-strategies.ts';
import { flatStrategies } from './strategies.ts';

type Flatten = (given: JsonValue, path: string, errors: FieldError[]) => Readonly<Record<string, JsonValue>>;

/** Verbs of Volcano's extender that are not asked, and why. */
const REFUSED_VERBS = [
  ['jobReady', 'what may start is an invariant'],
  ['jobEnqueued', 'what was let in is told by the PodGroup, whose phase is Inqueue then'],
  ['onSessionOpen', 'the whole cluster is not sent in each cycle'],
  ['onSessionClose', 'the whole cluster is not sent in each cycle'],
  ['allocateFunc', 'a node that is asked about comes with all pods that were placed on it'],
  ['deallocateFunc', 'a node that is asked about comes with all pods that were placed on it'],
].map(([verb = '', why = '']): readonly [string, Flatten] => [`extender.${verb}Verb`, refusing(why)]);

/** Arguments that are maps in Volcano's file; the rules of arguments are about flat ones. */
const NESTED: Readonly<Partial<Record<PluginName, ReadonlyMap<string, Flatten>>>> = {
  extender: new Map([
    ...REFUSED_VERBS,
    ['extender.managedResources', (given) => joined('extender.managedResources', given)],
  ]),
  rescheduling: new Map([['strategies', flatRescheduling]]),
  'resource-strategy-fit': new Map([['resources', flatStrategies]]),
  usage: new Map<string, Flatten>([
    ['thresholds', (given) => prefixed('thresholds', given)],
    ['estimator', flatEstimator],
  ]),
};

/** The arguments as the rules know them: `thresholds: { cpu: 80 }` is `thresholds.cpu`. */
export function flatArguments(
  plugin: PluginName,
  given: JsonValue | undefined,
  path: string,
  errors: FieldError[],
): JsonValue | undefined {
  const nested = NESTED[plugin];
  if (nested === undefined || !isJsonObject(given)) return given;
  const flat = Object.entries(given).flatMap(([key, value]): readonly (readonly [string, JsonValue])[] => {
    const flatten = nested.get(key);
    return flatten === undefined ? [[key, value]] : Object.entries(flatten(value, `${path}.${key}`, errors));
  });
  return Object.fromEntries(flat);
}

/** What is no map stays as it is, and is refused as an argument that nobody knows. */
function prefixed(key: string, given: JsonValue): Readonly<Record<string, JsonValue>> {
  if (!isJsonObject(given)) return { [key]: given };
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [`${key}.${name}`, value]));
}

/** Limits of pods are not kept, so that nothing can be made of the room between them and the requests. */
function flatEstimator(given: JsonValue, path: string, errors: FieldError[]): Readonly<Record<string, JsonValue>> {
  const burst = member(given, 'burst_ratio') ?? 0;
  if (Number(burst) !== 0) refusing('limits of pods are not looked at')(burst, `${path}.burst_ratio`, errors);
  const { 'estimator.burst_ratio': _, ...others } = prefixed('estimator', given);
  return others;
}

/** A list of texts is one text; what is none stays as it is. */
function joined(key: string, given: JsonValue): Readonly<Record<string, JsonValue>> {
  const isList = Array.isArray(given) && given.every((each) => typeof each === 'string');
  return { [key]: isList ? given.join(',') : given };
}

function refusing(why: string): Flatten {
  return (given, path, errors) => {
    errors.push(fieldError(path, 'FieldValueNotSupported', given, `does nothing: ${why}`));
    return {};
  };
}
