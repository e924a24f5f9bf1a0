import Type from 'typebox';
import type { Static, TSchema } from 'typebox';
import { isJsonObject } from '../../lib/json.ts';
import type { JsonValue } from '../../lib/json.ts';
import { plainSchema } from './crd.ts';

/** What a part of an object need not have: a default would be taken for something that its writer said. */
const ONLY_OF_WHOLES = new Set(['default', 'required', 'minItems']);

/** The schema of a part of such an object: nothing has to be there, and nothing is filled in. */
export function partOf<S extends TSchema>(schema: S, description: string) {
  const plain = without(plainSchema(schema)) as object;
  return Type.Unsafe<PartOf<Static<S>>>({ ...plain, description });
}

/** A type with every member of every level optional. */
type PartOf<T> = T extends readonly (infer E)[]
  ? readonly PartOf<E>[]
  : T extends object
    ? { readonly [K in keyof T]?: PartOf<T[K]> }
    : T;

/** Names of members look like keywords where they stand under `properties`; they stay. */
function without(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return schema.map(without);
  if (!isJsonObject(schema)) return schema;
  const kept = Object.entries(schema).filter(([keyword]) => !ONLY_OF_WHOLES.has(keyword));
  return Object.fromEntries(
    kept.map(([keyword, value]) => [keyword, keyword === 'properties' ? ofEach(value) : without(value)]),
  );
}

function ofEach(properties: JsonValue): JsonValue {
  if (!isJsonObject(properties)) return properties;
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, without(schema)]));
}
