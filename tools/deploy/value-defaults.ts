import { isJsonObject } from '../../src/lib/json.ts';
import type { JsonValue } from '../../src/lib/json.ts';

/** A JSON schema as far as values need it. */
export interface ValueSchema {
  readonly description?: string;
  readonly default?: JsonValue;
  readonly properties?: Readonly<Record<string, ValueSchema>>;
}

/** The values that a schema gives where nobody says anything. */
export function defaultsOf(schema: ValueSchema): JsonValue {
  if (schema.default !== undefined) return schema.default;
  const entries = Object.entries(schema.properties ?? {}).map(([key, part]) => [key, defaultsOf(part)] as const);
  return Object.fromEntries(entries);
}

/** The value at a path such as `image.tag`. Throws where there is none: the path is then wrong. */
export function valueAt(values: JsonValue, path: string): JsonValue {
  const value = path
    .split('.')
    .reduce<JsonValue | undefined>((at, key) => (isJsonObject(at) ? at[key] : undefined), values);
  if (value === undefined) throw new Error(`The values have no ${path}`);
  return value;
}

/** `values.yaml`: every value with its default, below what it means. */
export function valuesText(header: string, schema: ValueSchema): string {
  return `# ${header}\n${lines(schema, '').join('\n')}\n`;
}

function lines(schema: ValueSchema, indent: string): readonly string[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, part]) => [
    ...(indent === '' ? [''] : []),
    `${indent}# ${part.description ?? ''}`,
    ...(part.properties === undefined
      ? [`${indent}${key}: ${JSON.stringify(part.default)}`]
      : [`${indent}${key}:`, ...lines(part, `${indent}  `)]),
  ]);
}

/** The schema as plain JSON. */
export function plain(schema: object): ValueSchema {
  return JSON.parse(JSON.stringify(schema)) as ValueSchema;
}
