import { expect } from 'chai';
import { plainSchema } from '../../../../src/api/kinds/crd.ts';
import { KINDS } from '../../../../src/api/kinds/kinds.ts';
import type { JsonObject } from '../../../../src/lib/json.ts';
import { lintSchema } from '../../../../tools/generators/kinds/structural-lint.ts';

const TEXT = { type: 'string', maxLength: 10 };

function around(field: JsonObject): JsonObject {
  return { type: 'object', properties: { field } };
}

describe('lintSchema', () => {
  for (const kind of KINDS) {
    it(`has nothing against ${kind.type.kind}`, () => {
      expect(lintSchema(plainSchema(kind.schema))).to.deep.equal([]);
    });
  }

  const planted: Readonly<Record<string, JsonObject>> = {
    '$ref is not allowed': { ...TEXT, $ref: '#/x' },
    'const is not allowed': { ...TEXT, const: 'a' },
    'patternProperties is not allowed': { type: 'object', patternProperties: { '^.*$': TEXT } },
    'if is not allowed': { ...TEXT, if: { enum: ['a'] } },
    'then is not allowed': JSON.parse('{"type": "string", "maxLength": 10, "then": {}}'),
    'uniqueItems is not allowed': { type: 'array', items: TEXT, maxItems: 3, uniqueItems: true },
    'additionalProperties: false is not allowed': { type: 'object', additionalProperties: false, maxProperties: 1 },
    'properties and additionalProperties exclude each other': {
      type: 'object',
      properties: { a: TEXT },
      additionalProperties: TEXT,
      maxProperties: 3,
    },
    'a type is needed': { description: 'anything' },
    'int-or-string has no type': { type: 'string', maxLength: 3, 'x-kubernetes-int-or-string': true },
    'items must be one schema': { type: 'array', items: [TEXT], maxItems: 1 },
    'a list needs maxItems': { type: 'array', items: TEXT },
    'a map needs maxProperties': { type: 'object', additionalProperties: TEXT },
    'a text needs maxLength or enum': { type: 'string' },
    'a required member must be declared': { type: 'object', properties: { a: TEXT }, required: ['b'] },
    'only validations may stand here': { ...TEXT, anyOf: [{ type: 'string' }] },
  };
  for (const [rule, field] of Object.entries(planted)) {
    it(`finds, in a member, a list and a map: ${rule}`, () => {
      const path = rule === 'only validations may stand here' ? '.anyOf' : '';
      expect(lintSchema(around(field))).to.deep.equal([{ path: `$.field${path}`, rule }]);
      const list = { type: 'array', maxItems: 3, items: field };
      expect(lintSchema(around(list))).to.deep.equal([{ path: `$.field.items${path}`, rule }]);
      const map = { type: 'object', maxProperties: 3, additionalProperties: field };
      expect(lintSchema(around(map))).to.deep.equal([{ path: `$.field.additionalProperties${path}`, rule }]);
    });
  }

  it('leaves alone a text with an alternative of validations, and an untyped field that keeps everything', () => {
    expect(lintSchema(around({ ...TEXT, anyOf: [{ minLength: 1 }, { enum: [''] }] }))).to.deep.equal([]);
    expect(lintSchema(around({ 'x-kubernetes-preserve-unknown-fields': true }))).to.deep.equal([]);
  });
});
