import { fieldError, keyPath } from '../lib/field-error.ts';
import { durationMs } from '../lib/duration.ts';
import type { FieldError } from '../lib/field-error.ts';
import { isJsonObject } from '../lib/json.ts';
import type { JsonValue } from '../lib/json.ts';
import { listedNames, matchKey } from './argument-rule.ts';
import type { ArgumentRule } from './argument-rule.ts';
import type { FlatArgument } from './flat-argument.ts';
import type { PluginArguments } from './policy.ts';

type Value = string | number | boolean;

/** Who takes the arguments, and which. */
export interface ArgumentTaker {
  readonly name: string;
  readonly rules: readonly ArgumentRule[];
  /** Arguments of Volcano that would do nothing here, and why. */
  readonly idle?: ReadonlyMap<string, string> | undefined;
}

/** The entries of a map of arguments. */
export function argumentEntries(
  raw: JsonValue | undefined,
  path: string,
  errors: FieldError[],
): readonly FlatArgument[] {
  if (raw === undefined || raw === null) return [];
  if (isJsonObject(raw)) return Object.entries(raw).map(([key, value]) => [key, value, keyPath(path, key)]);
  errors.push(fieldError(path, 'FieldValueInvalid', raw, 'must be a map'));
  return [];
}

/** Reads arguments; numbers and switches may be quoted, as YAML files often have them. */
export function readArguments(
  given: readonly FlatArgument[],
  taker: ArgumentTaker,
  errors: FieldError[],
): PluginArguments {
  const out = new Map<string, Value>();
  const all = new Map(given.map(([key, value]) => [key, value]));
  for (const [key, value, path] of given) {
    const read = readArgument(all, key, value, taker);
    if (read.kind === 'value') out.set(key, read.value);
    else errors.push(fieldError(path, read.why, value, read.problem));
  }
  return out;
}

type ReadArgument =
  | { readonly kind: 'value'; readonly value: Value }
  | {
      readonly kind: 'problem';
      readonly why: 'FieldValueInvalid' | 'FieldValueNotSupported';
      readonly problem: string;
    };

function readArgument(
  all: ReadonlyMap<string, JsonValue>,
  key: string,
  value: JsonValue,
  { name, rules, idle }: ArgumentTaker,
): ReadArgument {
  const rule = rules.find((each) => matchKey(each, key) !== undefined);
  if (rule === undefined) {
    const why = idle?.get(key);
    return notSupported(why === undefined ? unknownKey(name, rules) : `does nothing: ${why}`);
  }
  const idleness = idlenessOf(rule, key, all);
  if (idleness !== undefined) return notSupported(idleness);
  const read = readValue(rule, value);
  if (read === undefined) return { kind: 'problem', why: 'FieldValueInvalid', problem: expected(rule) };
  if (rule.type === 'bool' && rule.only !== undefined && rule.only !== read) {
    return notSupported(`does nothing: it is ${String(rule.only)} in any case`);
  }
  return { kind: 'value', value: read };
}

/** Why the argument would do nothing beside the others; undefined where it does something. */
function idlenessOf(
  { listedIn, needs, ...rule }: ArgumentRule,
  key: string,
  all: ReadonlyMap<string, JsonValue>,
): string | undefined {
  const named = matchKey(rule, key) ?? '';
  const list = listedIn === undefined ? undefined : (all.get(listedIn) ?? '');
  if (listedIn !== undefined && !(typeof list === 'string' && listedNames(list).includes(named))) {
    return `does nothing, since ${listedIn} does not name ${named}`;
  }
  const isOn = needs === undefined || BOOLS.get(all.get(needs) ?? false) === true;
  return isOn ? undefined : `does nothing without ${needs}`;
}

function notSupported(problem: string): ReadArgument {
  return { kind: 'problem', why: 'FieldValueNotSupported', problem };
}

/** Undefined when the value is not what the rule asks for. */
function readValue(rule: ArgumentRule, value: JsonValue): Value | undefined {
  if (rule.type === 'text') return typeof value === 'string' && rule.form?.isOf(value) !== false ? value : undefined;
  if (rule.type === 'duration') return typeof value === 'string' && durationMs(value) !== undefined ? value : undefined;
  if (rule.type === 'bool') return BOOLS.get(value);
  if (rule.type === 'choice') return rule.values.find((each) => each === value);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && number >= rule.min && number <= rule.max ? number : undefined;
}

const BOOLS: ReadonlyMap<JsonValue, boolean> = new Map<JsonValue, boolean>([
  [true, true],
  [false, false],
  ['true', true],
  ['false', false],
]);

function expected(rule: ArgumentRule): string {
  if (rule.type === 'text') return `must be ${rule.form?.words ?? 'a text'}`;
  if (rule.type === 'duration') return 'must be a duration, e.g. 1h30m';
  if (rule.type === 'bool') return 'must be true or false';
  if (rule.type === 'choice') return `must be one of ${rule.values.join(', ')}`;
  return `must be a number from ${rule.min} to ${rule.max}`;
}

function unknownKey(name: string, rules: readonly ArgumentRule[]): string {
  if (rules.length === 0) return `is no argument of ${name}, which takes none`;
  return `is no argument of ${name}; there are ${rules.map(({ key }) => key).join(', ')}`;
}
