import { isJsonObject, member } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';

/** Source of an ES module that exports which fields the schema's `spec` has: its `properties` and `items`, and nothing else of it. */
export function fieldsModule(exportName: string, schema: JsonObject, header: string): string {
  const spec = member(member(schema, 'properties'), 'spec');
  return `// ${header}\nexport const ${exportName} = ${JSON.stringify(fieldsOf(spec))};\n`;
}

/** Types of that module. */
export function fieldsTypes(exportName: string, header: string): string {
  return `// ${header}
export declare const ${exportName}: unknown;
`;
}

function fieldsOf(schema: JsonValue | undefined): JsonObject {
  const properties = member(schema, 'properties');
  const items = member(schema, 'items');
  return {
    ...(isJsonObject(properties)
      ? { properties: Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, fieldsOf(part)])) }
      : {}),
    ...(items === undefined ? {} : { items: fieldsOf(items) }),
  };
}
