import { isJsonObject } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';

/** One breach of the rules that an API server (or our own budget) sets on the schema of a CRD. */
export interface LintFinding {
  readonly path: string;
  readonly rule: string;
}

/** Findings of a plain schema; an empty list means that the API server takes it as structural and bounded. */
export function lintSchema(schema: JsonValue, path = '$'): readonly LintFinding[] {
  if (!isJsonObject(schema)) return [{ path, rule: 'a schema must be an object' }];
  const own = RULES.filter((rule) => rule.breaks(schema)).map(({ rule }) => ({ path, rule }));
  const nested = children(schema).flatMap(([step, child]) => lintSchema(child, `${path}.${step}`));
  return [...own, ...lintJunctors(schema, path), ...nested];
}

interface Rule {
  readonly rule: string;
  breaks(schema: JsonObject): boolean;
}

const FORBIDDEN_WORDS = [
  '$ref',
  '$defs',
  'definitions',
  'const',
  'patternProperties',
  'propertyNames',
  'if',
  'then',
  'else',
  'uniqueItems',
  'id',
  '$id',
  'contains',
  'dependencies',
  'dependentRequired',
  'dependentSchemas',
  'unevaluatedProperties',
  'additionalItems',
  'prefixItems',
  'deprecated',
  'discriminator',
  'readOnly',
  'writeOnly',
  'xml',
];
const JUNCTORS = ['anyOf', 'allOf', 'oneOf', 'not'];
/** Words that only restrict values: all that may stand inside a junctor. */
const VALIDATIONS = new Set([
  'required',
  'enum',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'properties',
  'items',
  'additionalProperties',
  ...JUNCTORS,
]);

const RULES: readonly Rule[] = [
  ...FORBIDDEN_WORDS.map((word) => ({
    rule: `${word} is not allowed`,
    breaks: (schema: JsonObject) => Object.hasOwn(schema, word),
  })),
  {
    rule: 'additionalProperties: false is not allowed',
    breaks: (schema) => schema['additionalProperties'] === false,
  },
  {
    rule: 'properties and additionalProperties exclude each other',
    breaks: (schema) => Object.hasOwn(schema, 'properties') && Object.hasOwn(schema, 'additionalProperties'),
  },
  { rule: 'a type is needed', breaks: (schema) => typeof schema['type'] !== 'string' && !isUntyped(schema) },
  { rule: 'int-or-string has no type', breaks: (schema) => isIntOrString(schema) && Object.hasOwn(schema, 'type') },
  {
    rule: 'items must be one schema',
    breaks: (schema) => schema['type'] === 'array' && !isJsonObject(schema['items']),
  },
  { rule: 'a list needs maxItems', breaks: (schema) => schema['type'] === 'array' && !hasNumber(schema, 'maxItems') },
  {
    rule: 'a map needs maxProperties',
    breaks: (schema) => Object.hasOwn(schema, 'additionalProperties') && !hasNumber(schema, 'maxProperties'),
  },
  {
    rule: 'a text needs maxLength or enum',
    breaks: (schema) =>
      schema['type'] === 'string' && !hasNumber(schema, 'maxLength') && !Array.isArray(schema['enum']),
  },
  {
    rule: 'a required member must be declared',
    breaks: (schema) => names(schema['required']).some((name) => !Object.hasOwn(asObject(schema['properties']), name)),
  },
];

function lintJunctors(schema: JsonObject, path: string): readonly LintFinding[] {
  if (isIntOrString(schema) && JSON.stringify(schema['anyOf']) === INT_OR_STRING) return [];
  return JUNCTORS.filter((word) => Object.hasOwn(schema, word))
    .flatMap((word) => [schema[word]].flat().map((inner) => [word, inner] as const))
    .filter(([, inner]) => !isJsonObject(inner) || Object.keys(inner).some((key) => !VALIDATIONS.has(key)))
    .map(([word]) => ({ path: `${path}.${word}`, rule: 'only validations may stand here' }));
}

const INT_OR_STRING = '[{"type":"integer"},{"type":"string"}]';

function children(schema: JsonObject): readonly (readonly [string, JsonValue])[] {
  const properties = Object.entries(asObject(schema['properties']));
  const inner = ['items', 'additionalProperties'].flatMap((word) => {
    const child = schema[word];
    return isJsonObject(child) ? [[word, child] as const] : [];
  });
  return [...properties, ...inner];
}

function isIntOrString(schema: JsonObject): boolean {
  return schema['x-kubernetes-int-or-string'] === true;
}

function isUntyped(schema: JsonObject): boolean {
  return isIntOrString(schema) || schema['x-kubernetes-preserve-unknown-fields'] === true;
}

function hasNumber(schema: JsonObject, word: string): boolean {
  return typeof schema[word] === 'number';
}

function asObject(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function names(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((name): name is string => typeof name === 'string') : [];
}
