import { isJsonObject } from '../../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../../src/lib/json.ts';
import type { KindDefinition } from '../../../src/api/kinds/crd.ts';
import { plainSchema } from '../../../src/api/kinds/crd.ts';
import { OBJECT_HEAD } from '../../../src/api/kinds/schema-helper.ts';
import { apiVersion } from '../../../src/api/resources.ts';

/** Markdown page with every field of a kind. */
export function referencePage(kind: KindDefinition, header: string): string {
  const schema = plainSchema(kind.schema);
  const members = objectOf(schema['properties']);
  const parts = ['spec', 'status'].filter((part) => members[part] !== undefined);
  const sections = parts.length === 0 ? flat(schema) : parts.flatMap((part) => section(part, objectOf(members[part])));
  return [
    `<!-- ${header} -->`,
    `# ${kind.type.kind}`,
    '',
    text(schema['description']),
    '',
    ...facts(kind),
    '',
    ...columns(kind),
    ...sections,
  ].join('\n');
}

function columns({ columns: shown }: KindDefinition): readonly string[] {
  if (shown.length === 0) return [];
  return [
    '| Column of `kubectl get` | What it shows |',
    '|---|---|',
    ...shown.map((column) => `| ${column.name}${column.wide ? ' (`-o wide`)' : ''} | ${column.description} |`),
    '',
  ];
}

function facts(kind: KindDefinition): readonly string[] {
  const names = kind.shortNames.map((name) => `\`${name}\``).join(', ');
  return [
    `- API version: \`${apiVersion(kind.type)}\``,
    `- Scope: ${kind.type.namespaced ? 'namespaced' : 'cluster'}`,
    `- Short names: ${names === '' ? 'none' : names}`,
    `- Status subresource: ${kind.hasStatusSubresource ? 'yes' : 'no, the status is written with the object'}`,
  ];
}

/** What a kind without spec and status says at its top. */
function flat(schema: JsonObject): readonly string[] {
  const own = Object.entries(objectOf(schema['properties'])).filter(([field]) => !Object.hasOwn(OBJECT_HEAD, field));
  return section('Fields', { ...schema, description: '', properties: Object.fromEntries(own) });
}

/** A heading and a table for one object, then the same for the objects in it. */
function section(path: string, schema: JsonObject): readonly string[] {
  const properties = Object.entries(objectOf(schema['properties'])).map(
    ([field, child]) => [field, objectOf(child)] as const,
  );
  const required = new Set([schema['required']].flat());
  const rows = properties.map(([field, child]) => row(field, child, required.has(field)));
  const nested = properties.flatMap(([field, child]) => {
    const inner = child['type'] === 'array' ? objectOf(child['items']) : child;
    return inner['properties'] === undefined ? [] : section(`${path}.${field}`, inner);
  });
  return [
    `## ${path}`,
    '',
    text(schema['description']),
    '',
    '| Field | Type | Meaning |',
    '|---|---|---|',
    ...rows,
    '',
    ...nested,
  ];
}

function row(field: string, schema: JsonObject, isRequired: boolean): string {
  const notes = [isRequired ? 'Required.' : '', limits(schema)].filter((note) => note !== '');
  return `| \`${field}\` | ${typeName(schema)} | ${[text(schema['description']), ...notes].join(' ')} |`;
}

function limits(schema: JsonObject): string {
  const { default: preset, minimum, maximum, enum: values } = schema;
  return [
    Array.isArray(values) ? `One of ${values.map((value) => `\`${literal(value)}\``).join(', ')}.` : '',
    minimum !== undefined && maximum !== undefined ? `From ${literal(minimum)} to ${literal(maximum)}.` : '',
    minimum !== undefined && maximum === undefined ? `At least ${literal(minimum)}.` : '',
    preset !== undefined ? `Default \`${literal(preset)}\`.` : '',
  ]
    .filter((note) => note !== '')
    .join(' ');
}

function literal(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function typeName(schema: JsonObject): string {
  if (schema['x-kubernetes-int-or-string'] === true) return 'quantity';
  if (schema['format'] === 'date-time') return 'time';
  if (schema['type'] === 'array') return `list of ${typeName(objectOf(schema['items']))}`;
  const values = objectOf(schema['additionalProperties']);
  if (schema['additionalProperties'] !== undefined) return `map to ${typeName(values)}`;
  return text(schema['type']);
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
