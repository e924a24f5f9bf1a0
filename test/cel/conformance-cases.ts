import { tests } from '@bufbuild/cel-spec/testdata/conformance.js';
import { compileProgram } from '../../src/cel/expression.ts';
import { Failure, isList, isMap, itemsOf, keysOf, entryOf } from '../../src/cel/value.ts';
import type { Outcome, Value } from '../../src/cel/value.ts';
import { isJsonObject, member, memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonValue } from '../../src/lib/json.ts';

/** What became of a case of the specification. */
export interface CaseResult {
  readonly suite: string;
  readonly name: string;
  readonly expression: string;
  readonly kind: 'passed' | 'failed' | 'skipped';
  /** Why it was skipped, or what is wrong. */
  readonly reason: string;
}

interface Suite {
  readonly name: string;
  readonly suites?: readonly Suite[];
  readonly tests?: readonly { readonly original: unknown }[];
}

/** Every case of the specification that is shipped, run. */
export function runConformance(): readonly CaseResult[] {
  return ((tests as Suite).suites ?? []).flatMap((suite) => casesOf(suite).map((one) => runCase(suite.name, one)));
}

function casesOf(suite: Suite): readonly unknown[] {
  return [...(suite.tests ?? []).map(({ original }) => original), ...(suite.suites ?? []).flatMap(casesOf)];
}

function runCase(suite: string, one: unknown): CaseResult {
  const named = { suite, name: stringAt(one, ['name']), expression: stringAt(one, ['expr']) };
  const { kind, reason } = outcomeOf(one, named.expression);
  return { ...named, kind, reason };
}

type CaseOutcome = Pick<CaseResult, 'kind' | 'reason'>;

function skipped(reason: string): CaseOutcome {
  return { kind: 'skipped', reason };
}

function outcomeOf(one: unknown, expression: string): CaseOutcome {
  if (member(one, 'checkOnly') === true) return skipped('only the type checker is asked');
  const hasBindings = member(one, 'bindings') !== undefined;
  if (hasBindings && stringAt(one, ['container']) !== '') return skipped('names within a container');
  const bindings = bindingsOf(one);
  if (bindings === undefined) return skipped('the input is not JSON');
  const wantsFailure = member(one, 'evalError') !== undefined || member(one, 'anyEvalErrors') !== undefined;
  const program = compileProgram(expression, variablesOf(one, bindings));
  if (program.kind === 'errors') {
    const message = program.errors[0]?.message ?? '';
    const isPassed = wantsFailure && !/not supported|no variable/.test(message);
    return isPassed ? { kind: 'passed', reason: message } : skipped(skipReason(one, message));
  }
  return judged(program.run(bindings), wantsFailure ? undefined : wantedOf(one));
}

function wantedOf(one: unknown): JsonValue {
  return memberAt(one, 'value') ?? memberAt(one, 'typedResult', 'result') ?? { boolValue: true };
}

/** Without a wanted value a failure is wanted. */
function judged(outcome: Outcome, wanted: JsonValue | undefined): CaseOutcome {
  const isRight = outcome instanceof Failure ? wanted === undefined : wanted !== undefined && isWanted(outcome, wanted);
  if (isRight) return { kind: 'passed', reason: '' };
  return { kind: 'failed', reason: `gives ${shown(outcome)}, not ${JSON.stringify(wanted) ?? 'a failure'}` };
}

/** What a refused case has that is not supported, the first that fits. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/"\." where a value/, 'names within a container'],
  [/f_unknown|variable a; there are $/, 'functions and variables that nobody has'],
  [/unsigned|variable uint|uint\(\)/, 'unsigned numbers'],
  [/bytes/, 'bytes'],
  [/messages|variable google/, 'messages'],
  [/timestamp|duration/, 'times and durations'],
  [/optional/, 'optional values'],
  [/variable (math|strings|cel|base64);/, 'libraries'],
  [
    /(format|indexOf|lastIndexOf|substring|replace|split|join|charAt|trim|lowerAscii|upperAscii)\(\)/,
    'functions on strings',
  ],
  [/takes a variable and one|first argument of|variable [ikx];/, 'comprehensions of other forms'],
  [/type\(\)|variable (int|type|bool|dyn|double|null_type|string|list|map);/, 'types as values'],
  [/there are [a-z]\.[a-z]/, 'names with dots'],
  [/side of/, 'a side of && or || that is never bool'],
];

function skipReason(one: unknown, message: string): string {
  if (stringAt(one, ['container']) !== '') return 'names within a container';
  return KINDS.find(([pattern]) => pattern.test(message))?.[1] ?? message;
}

function variablesOf(one: unknown, bindings: Readonly<Record<string, JsonValue>>): readonly string[] {
  const declared = memberAt(one, 'typeEnv');
  const names = Array.isArray(declared) ? declared.map((entry) => stringAt(entry, ['name'])) : [];
  return [...new Set([...names, ...Object.keys(bindings)])];
}

/** The input as JSON; undefined where it holds what JSON has no form for. */
function bindingsOf(one: unknown): Readonly<Record<string, JsonValue>> | undefined {
  const bindings: Record<string, JsonValue> = {};
  for (const [name, bound] of Object.entries(objectAt(one, 'bindings'))) {
    const value = jsonOf(memberAt(bound, 'value'));
    if (value === undefined) return undefined;
    bindings[name] = value;
  }
  return bindings;
}

/** `cel.expr.Value` in protobuf's JSON form as plain JSON. */
function jsonOf(value: unknown): JsonValue | undefined {
  const [kind, content] = Object.entries(isJsonObject(value) ? value : {})[0] ?? [];
  switch (kind) {
    case 'nullValue':
      return null;
    case 'boolValue':
    case 'stringValue':
      return content;
    case 'int64Value':
      return Number.isSafeInteger(Number(content)) ? Number(content) : undefined;
    case 'doubleValue':
      return typeof content === 'number' && !Number.isInteger(content) ? content : undefined;
    case 'listValue':
      return allOf(valuesOf(content).map(jsonOf));
    case 'mapValue':
      return mapOf(content);
    default:
      return undefined;
  }
}

function mapOf(content: JsonValue | undefined): JsonValue | undefined {
  const entries = allOf(
    entriesOf(content).map((entry) => {
      const key = memberAt(entry, 'key', 'stringValue');
      const value = jsonOf(member(entry, 'value'));
      return typeof key === 'string' && value !== undefined ? [key, value] : undefined;
    }),
  );
  return entries === undefined ? undefined : Object.fromEntries(entries as [string, JsonValue][]);
}

function allOf(values: readonly (JsonValue | undefined)[]): readonly JsonValue[] | undefined {
  return values.every((value) => value !== undefined) ? (values as readonly JsonValue[]) : undefined;
}

function valuesOf(content: JsonValue | undefined): readonly JsonValue[] {
  const values = member(content, 'values');
  return Array.isArray(values) ? (values as readonly JsonValue[]) : [];
}

function entriesOf(content: JsonValue | undefined): readonly JsonValue[] {
  const entries = member(content, 'entries');
  return Array.isArray(entries) ? (entries as readonly JsonValue[]) : [];
}

/** Of the same type and the same value. */
function isWanted(value: Value, wanted: JsonValue): boolean {
  const [kind, content = null] = Object.entries(isJsonObject(wanted) ? wanted : {})[0] ?? [];
  switch (kind) {
    case 'nullValue':
      return value === null;
    case 'boolValue':
    case 'stringValue':
      return value === content;
    case 'int64Value':
      return typeof value === 'bigint' && String(value) === content;
    case 'doubleValue':
      return Object.is(value, Number(content));
    case 'listValue':
      return isWantedList(value, valuesOf(content));
    case 'mapValue':
      return isWantedMap(value, entriesOf(content));
    default:
      return false;
  }
}

function isWantedList(value: Value, items: readonly JsonValue[]): boolean {
  if (!isList(value) || itemsOf(value).length !== items.length) return false;
  return itemsOf(value).every((one, at) => isWanted(one, items[at] ?? null));
}

function isWantedMap(value: Value, entries: readonly JsonValue[]): boolean {
  if (!isMap(value) || keysOf(value).length !== entries.length) return false;
  return entries.every((entry) => {
    const found = entryOf(value, keyOf(objectAt(entry, 'key')));
    return found !== undefined && isWanted(found, member(entry, 'value') ?? null);
  });
}

function keyOf(key: Readonly<Record<string, JsonValue>>): Value {
  const number = key['int64Value'];
  if (typeof number === 'string') return BigInt(number);
  return key['boolValue'] ?? key['stringValue'] ?? null;
}

function shown(outcome: Outcome): string {
  if (outcome instanceof Failure) return `no value (${outcome.message})`;
  return JSON.stringify(outcome, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value));
}
