import { InvariantError } from '../../src/lib/exhaustive.ts';
import { arrayAt, isJsonObject, memberAt, numberAt, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';

/** Texts that satisfy one pattern or another, tried in turn. */
const TEXTS: readonly ((n: number) => string)[] = [(n) => `v${n}`, (n) => `${n}`];

/** An object of a structural schema in which every field is set, each to a value of its own as far as the schema lets it. */
export class FullObject {
  #count = 0;

  of(schema: JsonObject, path = ''): JsonValue {
    this.#count += 1;
    const values = arrayAt(schema, 'enum');
    if (values.length > 0) return otherThan(schema, values);
    if (memberAt(schema, 'x-kubernetes-int-or-string') === true) return `${this.#count}`;
    switch (stringAt(schema, ['type'])) {
      case 'object':
        return this.#object(schema, path);
      case 'array':
        return [this.of(objectAt(schema, 'items'), `${path}[]`)];
      case 'boolean':
        return memberAt(schema, 'default') !== true;
      case 'string':
        return this.#text(schema, path);
      default:
        return this.#number(schema);
    }
  }

  #object(schema: JsonObject, path: string): JsonObject {
    const fields = Object.entries(objectAt(schema, 'properties'));
    if (fields.length > 0)
      return Object.fromEntries(
        fields.map(([name, field]) => [name, isJsonObject(field) ? this.of(field, `${path}.${name}`) : null]),
      );
    const free = memberAt(schema, 'additionalProperties');
    return { [`key-${this.#count}`]: isJsonObject(free) ? this.of(free, `${path}.*`) : `v${this.#count}` };
  }

  #text(schema: JsonObject, path: string): string {
    if (stringAt(schema, ['format']) === 'date-time') {
      return new Date(Date.UTC(2026, 0, 1, 0, 0, this.#count)).toISOString().replace('.000Z', 'Z');
    }
    const pattern = new RegExp(stringAt(schema, ['pattern']));
    const found = TEXTS.map((text) => text(this.#count)).find((text) => pattern.test(text));
    if (found === undefined) throw new InvariantError(`Cannot fill in ${path}: no text matches ${pattern.source}`);
    return found;
  }

  #number(schema: JsonObject): number {
    const least = numberAt(schema, ['minimum'], 0);
    return Math.min(least + this.#count, numberAt(schema, ['maximum'], Infinity));
  }
}

/** The last one that is not filled in anyway. */
function otherThan(schema: JsonObject, values: readonly JsonValue[]): JsonValue {
  return values.findLast((value) => value !== memberAt(schema, 'default')) ?? null;
}

/** The path of every field that a schema declares, beside the head that all objects have. */
export function declaredPaths(schema: JsonObject, path = ''): readonly string[] {
  const fields = Object.entries(objectAt(schema, 'properties'))
    .filter(([name]) => path !== '' || (name !== 'metadata' && name !== 'kind' && name !== 'apiVersion'))
    .flatMap(([name, field]) => below(field, `${path}.${name}`));
  return [
    ...fields,
    ...below(memberAt(schema, 'items'), `${path}[]`),
    ...below(memberAt(schema, 'additionalProperties'), `${path}.*`),
  ];
}

function below(schema: JsonValue | undefined, path: string): readonly string[] {
  return isJsonObject(schema) ? [path, ...declaredPaths(schema, path)] : [];
}

/** The path of everything that an object holds, written as a schema's are. */
export function heldPaths(value: JsonValue | undefined, schema: JsonObject, path = ''): readonly string[] {
  if (Array.isArray(value)) {
    const items = objectAt(schema, 'items');
    return value.flatMap((item: JsonValue) => [`${path}[]`, ...heldPaths(item, items, `${path}[]`)]);
  }
  if (!isJsonObject(value)) return [];
  const [fields, free] = [objectAt(schema, 'properties'), objectAt(schema, 'additionalProperties')];
  return Object.entries(value).flatMap(([name, held]) => {
    const isDeclared = Object.hasOwn(fields, name);
    const at = isDeclared ? `${path}.${name}` : `${path}.*`;
    return [at, ...heldPaths(held, isDeclared ? objectAt(fields, name) : free, at)];
  });
}
