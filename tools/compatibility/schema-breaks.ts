import { arrayAt, isJsonObject, member, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { wordBreak } from './word-judges.ts';

/** A change that objects of before, or those who write them, may not survive. */
export interface Break {
  /** Of the field: `.spec.tasks[].name`, with `.*` for free keys. */
  readonly path: string;
  readonly change: string;
}

/**
 * What a schema no longer takes, keeps or fills in of what the one before did. A value that is not taken any more is told
 * even where an API server would let a stored one be: whoever applies his manifests to another cluster is refused there.
 */
export function schemaBreaks(before: JsonObject, after: JsonObject, path = ''): readonly Break[] {
  const here = [...typeBreaks(before, after), ...wordBreaks(before, after), ...ruleBreaks(before, after)];
  return [
    ...here.map((change) => ({ path, change })),
    ...requiredBreaks(before, after, path),
    ...propertyBreaks(before, after, path),
    ...innerBreaks(before, after, path),
  ];
}

function typeBreaks(before: JsonObject, after: JsonObject): readonly string[] {
  const [old, now] = [typeOf(before), typeOf(after)];
  const isWider =
    old === now ||
    now === 'anything' ||
    (now === 'int-or-string' && (old === 'integer' || old === 'string')) ||
    (now === 'number' && old === 'integer');
  const kept = keepsUnknown(before) && !keepsUnknown(after) ? ['members that are not declared are dropped'] : [];
  return isWider ? kept : [`was of type ${old}, and is of type ${now}`, ...kept];
}

function typeOf(schema: JsonObject): string {
  if (isIntOrString(schema)) return 'int-or-string';
  return stringAt(schema, ['type'], 'anything');
}

function wordBreaks(before: JsonObject, after: JsonObject): readonly string[] {
  const words = new Set([...Object.keys(before), ...Object.keys(after)]);
  // It says no more than int-or-string does.
  if (isIntOrString(after) && !isIntOrString(before)) words.delete('anyOf');
  return [...words].flatMap((word) => {
    const [old, now] = [member(before, word), member(after, word)];
    const change = JSON.stringify(old) === JSON.stringify(now) ? undefined : wordBreak(word, old, now);
    return change === undefined ? [] : [change];
  });
}

/** A rule that is new and was not written so that it lets pass what is there already. */
function ruleBreaks(before: JsonObject, after: JsonObject): readonly string[] {
  const known = new Set(arrayAt(before, RULES).map((rule) => stringAt(rule, ['rule'])));
  return arrayAt(after, RULES)
    .filter((rule) => !known.has(stringAt(rule, ['rule'])) && !letsOldPass(rule))
    .map((rule) => `has a new rule: ${stringAt(rule, ['rule'])}`);
}

function letsOldPass(rule: JsonValue): boolean {
  return member(rule, 'optionalOldSelf') === true && /\boldSelf\b/.test(stringAt(rule, ['rule']));
}

function requiredBreaks(before: JsonObject, after: JsonObject, path: string): readonly Break[] {
  const known = arrayAt(before, 'required');
  return arrayAt(after, 'required')
    .filter((name): name is string => typeof name === 'string' && !known.includes(name))
    .filter((name) => member(objectAt(after, 'properties', name), 'default') === undefined)
    .map((name) => ({ path: `${path}.${name}`, change: 'is required' }));
}

function propertyBreaks(before: JsonObject, after: JsonObject, path: string): readonly Break[] {
  return Object.entries(objectAt(before, 'properties')).flatMap(([name, old]) => {
    const at = `${path}.${name}`;
    const now = member(objectAt(after, 'properties'), name) ?? member(after, 'additionalProperties');
    if (isJsonObject(old) && isJsonObject(now)) return schemaBreaks(old, now, at);
    return keepsUnknown(after) ? [] : [{ path: at, change: 'is gone' }];
  });
}

function innerBreaks(before: JsonObject, after: JsonObject, path: string): readonly Break[] {
  return INNER.flatMap(([word, step]) => {
    const [old, now] = [member(before, word), member(after, word)];
    if (!isJsonObject(old)) return [];
    if (isJsonObject(now)) return schemaBreaks(old, now, `${path}${step}`);
    return keepsUnknown(after) ? [] : [{ path: `${path}${step}`, change: 'is gone' }];
  });
}

const RULES = 'x-kubernetes-validations';
const INNER = [
  ['items', '[]'],
  ['additionalProperties', '.*'],
] as const;

function isIntOrString(schema: JsonObject): boolean {
  return member(schema, 'x-kubernetes-int-or-string') === true;
}

function keepsUnknown(schema: JsonObject): boolean {
  return member(schema, 'x-kubernetes-preserve-unknown-fields') === true;
}
