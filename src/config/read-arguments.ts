import { fieldError, keyPath } from '../lib/field-error.ts';
import { durationMs } from '../lib/duration.ts';
import type { FieldError } from '../lib/field-error.ts';
import { isJsonObject, stringAt } from '../lib/json.ts';
import type { JsonObject, JsonValue } from '../lib/json.ts';
import { listedNames, matchKey } from './argument-rule.ts';
import type { ArgumentRule } from './argument-rule.ts';
import type { PluginArguments } from './policy.ts';

type Value = string | number | boolean;

/** Who takes the arguments, and which. */
export interface ArgumentTaker {
  readonly name: string;
  readonly rules: readonly ArgumentRule[];
}

/** Reads a map of arguments; numbers and switches may be quoted, as YAML files often have them. */
export function readArguments(
  raw: JsonValue | undefined,
  taker: ArgumentTaker,
  path: string,
  errors: FieldError[],
): PluginArguments {
  const out = new Map<string, Value>();
  if (raw === undefined || raw === null) return out;
  if (!isJsonObject(raw)) {
    errors.push(fieldError(path, 'FieldValueInvalid', raw, 'must be a map'));
    return out;
  }
  for (const [key, value] of Object.entries(raw)) {
    const read = readArgument(raw, key, value, taker);
    if (read.kind === 'value') out.set(key, read.value);
    else errors.push(fieldError(keyPath(path, key), read.why, value, read.problem));
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

function readArgument(all: JsonObject, key: string, value: JsonValue, { name, rules }: ArgumentTaker): ReadArgument {
  const rule = rules.find((each) => matchKey(each, key) !== undefined);
  if (rule === undefined) return { kind: 'problem', why: 'FieldValueNotSupported', problem: unknownKey(name, rules) };
  const named = matchKey(rule, key) ?? '';
  if (rule.listedIn !== undefined && !listedNames(stringAt(all, [rule.listedIn])).includes(named)) {
    const problem = `does nothing, since ${rule.listedIn} does not name ${named}`;
    return { kind: 'problem', why: 'FieldValueNotSupported', problem };
  }
  const read = readValue(rule, value);
  return read === undefined
    ? { kind: 'problem', why: 'FieldValueInvalid', problem: expected(rule) }
    : { kind: 'value', value: read };
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
