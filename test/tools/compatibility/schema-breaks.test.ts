import { expect } from 'chai';
import fc from 'fast-check';
import { customResourceDefinition } from '../../../src/api/kinds/crd.ts';
import { KINDS } from '../../../src/api/kinds/kinds.ts';
import { arrayAt, isJsonObject, objectAt } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import { schemaBreaks } from '../../../tools/compatibility/schema-breaks.ts';

const RULES = 'x-kubernetes-validations';
const INT_OR_STRING = { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] };
const OPEN = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const TEXT = { type: 'string', maxLength: 63 };

type Row = readonly [what: string, before: JsonObject, after: JsonObject, breaks: readonly string[]];

const BREAKS: readonly Row[] = [
  ['a field that is gone', fields({ a: TEXT, b: TEXT }), fields({ a: TEXT }), ['.b is gone']],
  ['a field that has another name', fields({ a: TEXT }), fields({ b: TEXT }), ['.a is gone']],
  [
    'another type',
    fields({ a: TEXT }),
    fields({ a: { type: 'integer' } }),
    ['.a was of type string, and is of type integer'],
  ],
  [
    'whole numbers in the place of all',
    { type: 'number' },
    { type: 'integer' },
    [' was of type number, and is of type integer'],
  ],
  [
    'an amount that must be a text',
    { ...INT_OR_STRING },
    TEXT,
    [' was of type int-or-string, and is of type string', ' maxLength was not set, and is 63'],
  ],
  [
    'an object of which only some members are kept',
    OPEN,
    fields({ a: TEXT }),
    [' members that are not declared are dropped'],
  ],
  ['a value that is not taken any more', { enum: ['a', 'b'] }, { enum: ['b', 'c'] }, [' "a" not taken any more']],
  ['values where any text was taken', TEXT, { ...TEXT, enum: ['a'] }, [' enum was not set, and is ["a"]']],
  ['another default', { default: 1 }, { default: 2 }, [' default was 1, and is 2']],
  ['a default that is gone', { default: 1 }, {}, [' default was 1, and is not set']],
  ['a default that is new', {}, { default: 1 }, [' default was not set, and is 1']],
  ['a field that must be there', fields({ a: TEXT }), { ...fields({ a: TEXT }), required: ['a'] }, ['.a is required']],
  ['a new field that must be there', fields({}), { ...fields({ a: TEXT }), required: ['a'] }, ['.a is required']],
  ['a shorter text', { maxLength: 64 }, { maxLength: 63 }, [' maxLength was 64, and is 63']],
  ['a text that is limited', {}, { maxLength: 63 }, [' maxLength was not set, and is 63']],
  ['a text that may not be empty', {}, { minLength: 1 }, [' minLength was not set, and is 1']],
  ['a shorter list', { maxItems: 3 }, { maxItems: 2 }, [' maxItems was 3, and is 2']],
  ['a longer least list', { minItems: 1 }, { minItems: 2 }, [' minItems was 1, and is 2']],
  ['a lower most', { maximum: 10 }, { maximum: 9 }, [' maximum was 10, and is 9']],
  ['a higher least', { minimum: 0 }, { minimum: 1 }, [' minimum was 0, and is 1']],
  ['fewer keys', { maxProperties: 9 }, { maxProperties: 1 }, [' maxProperties was 9, and is 1']],
  ['another pattern', { pattern: 'a' }, { pattern: 'b' }, [' pattern was "a", and is "b"']],
  ['a pattern that is new', {}, { pattern: 'b' }, [' pattern was not set, and is "b"']],
  ['a format that is new', {}, { format: 'date-time' }, [' format was not set, and is "date-time"']],
  ['null that is not taken any more', { nullable: true }, {}, [' null is not taken any more']],
  ['a rule that is new', {}, { [RULES]: [{ rule: 'self > 0', message: 'm' }] }, [' has a new rule: self > 0']],
  [
    'a rule that asks more',
    { [RULES]: [{ rule: 'self > 0' }] },
    { [RULES]: [{ rule: 'self > 1' }] },
    [' has a new rule: self > 1'],
  ],
  [
    'a rule that never lets pass',
    {},
    { [RULES]: [{ rule: 'self > 0', optionalOldSelf: true }] },
    [' has a new rule: self > 0'],
  ],
  [
    'a list of which every entry has a key',
    { 'x-kubernetes-list-type': 'atomic' },
    { 'x-kubernetes-list-type': 'map' },
    [' x-kubernetes-list-type was "atomic", and is "map"'],
  ],
  [
    'other keys of a list',
    { 'x-kubernetes-list-map-keys': ['a'] },
    { 'x-kubernetes-list-map-keys': ['b'] },
    [' x-kubernetes-list-map-keys was ["a"], and is ["b"]'],
  ],
  ['a word that nobody thought of', {}, { 'x-new': 1 }, [' x-new was not set, and is 1']],
  [
    'keys that are not free any more',
    { type: 'object', additionalProperties: TEXT },
    fields({ a: TEXT }),
    ['.* is gone'],
  ],
  ['what is deep inside', listOf(mapOf(fields({ a: TEXT }))), listOf(mapOf(fields({}))), ['[].*.a is gone']],
];

const WIDER: readonly Row[] = [
  ['a new field', fields({}), fields({ a: TEXT }), []],
  [
    'a new field with a default that must be there',
    fields({}),
    { ...fields({ a: { default: 1 } }), required: ['a'] },
    [],
  ],
  ['another description', { description: 'a' }, { description: 'b' }, []],
  ['a field called description that stays', fields({ description: TEXT }), fields({ description: TEXT }), []],
  ['a value more', { enum: ['a'] }, { enum: ['b', 'a'] }, []],
  ['any value', { ...TEXT, enum: ['a'] }, TEXT, []],
  ['a longer text', { maxLength: 1 }, { maxLength: 2 }, []],
  ['no limit', { maxLength: 1, minimum: 0, pattern: 'a', format: 'f' }, {}, []],
  ['a lower least', { minimum: 1 }, { minimum: 0 }, []],
  ['an amount in the place of a text', { type: 'string' }, INT_OR_STRING, []],
  ['all numbers', { type: 'integer' }, { type: 'number' }, []],
  ['all members', fields({ a: TEXT }), OPEN, []],
  ['free keys', fields({ a: TEXT }), { type: 'object', additionalProperties: TEXT }, []],
  ['a field that may be left out', { ...fields({ a: TEXT }), required: ['a'] }, fields({ a: TEXT }), []],
  ['a rule that is gone', { [RULES]: [{ rule: 'a' }] }, {}, []],
  ['a rule in other words', { [RULES]: [{ rule: 'a', message: 'b' }] }, { [RULES]: [{ rule: 'a', message: 'c' }] }, []],
  [
    'a rule that lets pass what was there',
    {},
    { [RULES]: [{ rule: 'oldSelf.orValue(0) < 0 || self > 0', optionalOldSelf: true }] },
    [],
  ],
];

describe('breaks of a schema', () => {
  for (const [what, before, after, breaks] of BREAKS)
    it(`tells ${what}`, () => {
      expect(told(before, after)).to.deep.equal(breaks);
    });

  for (const [what, before, after] of WIDER)
    it(`lets be ${what}`, () => {
      expect(told(before, after)).to.deep.equal([]);
    });

  it('a schema breaks nothing of itself, and one that lost any of its fields does', () => {
    const schemas = KINDS.map((kind) => schemaOf(customResourceDefinition(kind)));
    const fieldsOf = schemas.map((schema) => fieldPaths(schema));
    for (const schema of schemas) expect(told(schema, schema)).to.deep.equal([]);
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (kind, field) => {
        const schema = schemas[kind % schemas.length] as JsonObject;
        const paths = fieldsOf[kind % schemas.length] as readonly (readonly string[])[];
        const path = paths[field % paths.length] as readonly string[];
        expect(told(schema, without(schema, path)).join()).to.match(/ is gone/);
      }),
    );
  });
});

function told(before: JsonObject, after: JsonObject): readonly string[] {
  return schemaBreaks(before, after).map(({ path, change }) => `${path} ${change}`);
}

function fields(properties: JsonObject): JsonObject {
  return { type: 'object', properties };
}

function listOf(items: JsonObject): JsonObject {
  return { type: 'array', items };
}

function mapOf(additionalProperties: JsonObject): JsonObject {
  return { type: 'object', additionalProperties };
}

function schemaOf(crd: JsonObject): JsonObject {
  return objectAt(arrayAt(crd, 'spec', 'versions')[0], 'schema', 'openAPIV3Schema');
}

/** Steps to the schema of every field, through lists and maps. */
function fieldPaths(schema: JsonObject, at: readonly string[] = []): readonly (readonly string[])[] {
  return Object.entries(schema).flatMap(([word, child]) => {
    if (!isJsonObject(child)) return [];
    if (word === 'items' || word === 'additionalProperties') return fieldPaths(child, [...at, word]);
    if (word !== 'properties') return [];
    return Object.entries(child).flatMap(([name, field]) => {
      const path = [...at, word, name];
      return [path, ...(isJsonObject(field) ? fieldPaths(field, path) : [])];
    });
  });
}

function without(value: JsonValue, path: readonly string[]): JsonObject {
  const [step = '', ...rest] = path;
  const { [step]: child, ...others } = value as Record<string, JsonValue>;
  return rest.length === 0 ? others : { ...others, [step]: without(child as JsonValue, rest) };
}
