import { Ajv } from 'ajv';
import standaloneModule from 'ajv/dist/standalone/index.js';
import { isJsonObject } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';

/**
 * Source of an ES module that exports one validator and imports nothing: it loads where code generation from strings is
 * forbidden, and keeps ajv out of the running program.
 */
export function validatorModule(exportName: string, schema: JsonObject, header: string): string {
  const ajv = new Ajv({
    allErrors: true,
    strict: true,
    strictTypes: false,
    inlineRefs: true,
    messages: false,
    code: { source: true, esm: true, lines: true },
  });
  ajv.addSchema({ ...restrictions(schema), $id: exportName });
  const code = standaloneModule.default(ajv, { [exportName]: exportName });
  const inlined = code.replaceAll(LENGTH_REQUIRE, 'codePoints');
  const left = /require\([^)]*\)|new Function/.exec(inlined);
  if (left !== null) throw new Error(`Cannot make ${exportName} stand alone: it still contains ${left[0]}`);
  return `// ${header}\n${inlined.trim()}\n${inlined === code ? '' : CODE_POINTS}`;
}

/** Types of that module. */
export function validatorTypes(exportName: string, header: string): string {
  return `// ${header}
import type { SchemaValidator } from '../schema-error.ts';

export declare const ${exportName}: SchemaValidator;
`;
}

/** ajv's own helper comes by `require`, which an ES module has not. */
const LENGTH_REQUIRE = 'require("ajv/dist/runtime/ucs2length").default';
const CODE_POINTS = `
function codePoints(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}
`;

const INT32_LIMIT = 2 ** 31;
const RFC3339 = '^\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(\\.\\d+)?([Zz]|[+-]\\d{2}:\\d{2})$';

/** The schema without annotations, its formats spelled out as limits and patterns: ajv needs no vocabulary of ours. */
function restrictions(schema: JsonValue): JsonObject {
  if (!isJsonObject(schema)) throw new Error('Cannot compile a schema that is not an object');
  const kept = Object.entries(schema).filter(([word]) => !ANNOTATIONS.has(word) && !word.startsWith('x-kubernetes-'));
  return { ...formatLimits(schema), ...Object.fromEntries(kept.map(([word, value]) => [word, nested(word, value)])) };
}

const ANNOTATIONS: ReadonlySet<string> = new Set(['description', 'default', 'format']);

function nested(word: string, value: JsonValue): JsonValue {
  if (word === 'items' || word === 'additionalProperties') return restrictions(value);
  if (word !== 'properties' || !isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, restrictions(child)]));
}

function formatLimits(schema: JsonObject): JsonObject {
  if (schema['format'] === undefined) return {};
  if (schema['format'] === 'int32') return { minimum: -INT32_LIMIT, maximum: INT32_LIMIT - 1 };
  if (schema['format'] === 'date-time') return { pattern: RFC3339 };
  throw new Error(`Cannot compile format ${JSON.stringify(schema['format'])}: it has no limits here`);
}
