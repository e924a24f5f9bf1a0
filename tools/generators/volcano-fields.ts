import { plainSchema } from '../../src/api/kinds/crd.ts';
import type { KindDefinition } from '../../src/api/kinds/crd.ts';
import { KINDS } from '../../src/api/kinds/kinds.ts';
import { apiVersion } from '../../src/api/resources.ts';
import { arrayAt, isJsonObject, memberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';

const INTRODUCTION = `# Every field of Volcano's kinds

Which fields are taken, what they are where nobody sets them, what they are held to, and whether anything acts on them. _kept only_: the field is stored, and its description and, in a Job, a warning say that nothing acts on it. Defaults and rules of
admission ([0068](../decisions/0068-admission-of-volcanos-jobs.md)) come on top of those of the schema. That each field makes a difference, but for those that are kept only, is held by tests: for
[Jobs](../../test/controllers/vcjob/fields.test.ts), for [what the scheduler reads](../../test/scheduler/fields.test.ts), and for [the other kinds](../../test/controllers/fields.test.ts).
This page is generated from \`src/api\` by \`npm run gen\`.
`;

/** `docs/reference/volcano-fields.md`: one section a kind. */
export function outputs(): Promise<ReadonlyMap<string, string>> {
  const kinds = KINDS.filter(({ type }) => type.group.endsWith('.volcano.sh'));
  return Promise.resolve(
    new Map([['docs/reference/volcano-fields.md', [INTRODUCTION, ...kinds.map(section)].join('\n')]]),
  );
}

/** What is true of a field because of where it stands. */
interface Place {
  readonly path: string;
  readonly isStatus: boolean;
  readonly isIdle: boolean;
  readonly isRequired: boolean;
}

function section(kind: KindDefinition): string {
  const { properties = {}, required = [] } = plainSchema(kind.schema);
  const parts = Object.entries(objectAt({ properties }, 'properties')).filter(([name]) => !HEAD.has(name));
  const rows = parts.flatMap(([name, schema]) => {
    const isRequired = [required].flat().includes(name);
    return rowsOf(objectAt({ schema }, 'schema'), {
      path: name,
      isStatus: name === 'status',
      isIdle: isIdle(kind.schema),
      isRequired,
    });
  });
  const heading = `## ${kind.type.kind} of ${apiVersion(kind.type)}`;
  return [heading, '', '| Field | Default | Held to | Acted on |', '|---|---|---|---|', ...rows, ''].join('\n');
}

const HEAD = new Set(['apiVersion', 'kind', 'metadata']);

function rowsOf(schema: JsonObject, place: Place): readonly string[] {
  const inner = schema['type'] === 'array' ? objectAt(schema, 'items') : schema;
  const members = Object.entries(objectAt(inner, 'properties'));
  const isKept = place.isIdle || isIdle(schema);
  if (members.length === 0) return [row(schema, { ...place, isIdle: isKept })];
  const required = arrayAt(inner, 'required');
  return members.flatMap(([name, child]) => {
    if (!isJsonObject(child)) return [];
    return rowsOf(child, {
      ...place,
      isIdle: isKept,
      path: `${place.path}.${name}`,
      isRequired: required.includes(name),
    });
  });
}

/** What descriptions say of fields that nothing acts on. */
function isIdle(schema: unknown): boolean {
  return /no effect|nothing of Sluice|nothing is done with it/.test(stringAt(schema, ['description']));
}

function row(schema: JsonObject, { path, isStatus, isIdle, isRequired }: Place): string {
  const preset = memberAt(schema, 'default');
  const acted = isIdle ? 'kept only' : isStatus ? 'written by Sluice' : 'yes';
  const held = [...(isRequired ? ['required'] : []), ...limitsOf(schema)].join(', ');
  return `| \`${path}\` | ${preset === undefined ? '' : code(preset)} | ${held} | ${acted} |`;
}

const BOUNDS = ['minimum', 'maximum', 'minItems', 'maxItems', 'minLength', 'maxLength', 'format'] as const;

/** What the API server holds a value to, in words of the schema. */
function limitsOf(schema: JsonObject): readonly string[] {
  const inner = schema['type'] === 'array' ? limitsOf(objectAt(schema, 'items')).map((limit) => `each: ${limit}`) : [];
  const type = schema['x-kubernetes-int-or-string'] === true ? 'quantity' : stringAt(schema, ['type']);
  const values = arrayAt(schema, 'enum').map(code);
  const bounds = BOUNDS.flatMap((bound) =>
    schema[bound] === undefined ? [] : [`${bound} ${JSON.stringify(schema[bound]).replaceAll('"', '')}`],
  );
  const pattern = schema['pattern'] === undefined ? [] : ['a pattern'];
  return [type, ...(values.length === 0 ? [] : [`one of ${values.join(' ')}`]), ...bounds, ...pattern, ...inner];
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
