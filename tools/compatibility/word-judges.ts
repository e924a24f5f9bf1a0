import type { JsonValue } from '../../src/lib/json.ts';

/** Says what a change of one word of a schema takes away; undefined for nothing. */
type Judge = (before: JsonValue | undefined, after: JsonValue | undefined) => string | undefined;

/** Words for people, and words that are judged together with others (see schema-breaks.ts). */
const LOOKED_AT_ELSEWHERE = new Set([
  'description',
  'title',
  'example',
  'type',
  'x-kubernetes-int-or-string',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-validations',
  'required',
  'properties',
  'items',
  'additionalProperties',
]);

/** A schema without the word takes more. */
const RESTRICTING = [
  'pattern',
  'format',
  'multipleOf',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'anyOf',
  'allOf',
  'oneOf',
  'not',
];

const JUDGES: Readonly<Record<string, Judge>> = {
  ...Object.fromEntries(['maxLength', 'maxItems', 'maxProperties', 'maximum'].map((word) => [word, bound(word, 1)])),
  ...Object.fromEntries(['minLength', 'minItems', 'minProperties', 'minimum'].map((word) => [word, bound(word, -1)])),
  ...Object.fromEntries(RESTRICTING.map((word) => [word, removable(word)])),
  enum: judgeEnum,
  nullable: (before, after) => (before === true && after !== true ? 'null is not taken any more' : undefined),
  default: judgeDefault,
};

/** What is lost when a word of a schema, which has changed, has the one value and then the other; a word nobody knows may not change. */
export function wordBreak(
  word: string,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
): string | undefined {
  if (LOOKED_AT_ELSEWHERE.has(word)) return undefined;
  const judge = Object.hasOwn(JUDGES, word) ? JUDGES[word] : undefined;
  return judge === undefined ? told(word, before, after) : judge(before, after);
}

/** A limit that may only move in one direction: 1 for up. */
function bound(word: string, direction: 1 | -1): Judge {
  return (before, after) => {
    if (typeof after !== 'number') return undefined;
    const isWider = typeof before === 'number' && (after - before) * direction >= 0;
    return isWider ? undefined : told(word, before, after);
  };
}

function removable(word: string): Judge {
  return (before, after) => (after === undefined ? undefined : told(word, before, after));
}

function judgeEnum(before: JsonValue | undefined, after: JsonValue | undefined): string | undefined {
  if (!Array.isArray(after)) return undefined;
  if (!Array.isArray(before)) return told('enum', before, after);
  const gone = before.filter((value) => !after.includes(value));
  return gone.length === 0 ? undefined : `${gone.map((value) => JSON.stringify(value)).join(', ')} not taken any more`;
}

/** One that comes is seen in stored objects as well, and one that goes is missing in them. */
function judgeDefault(before: JsonValue | undefined, after: JsonValue | undefined): string {
  return told('default', before, after);
}

function told(word: string, before: JsonValue | undefined, after: JsonValue | undefined): string {
  return `${word} was ${textOf(before)}, and is ${textOf(after)}`;
}

function textOf(value: JsonValue | undefined): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}
