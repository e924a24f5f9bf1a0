import Type from 'typebox';
import type { Static, TProperties, TSchema, TSchemaOptions } from 'typebox';
import { QUANTITY_PATTERN } from '../../lib/quantity.ts';

/**
 * Constructors for the part of JSON Schema that a structural CRD may hold. TypeBox's own unions and records emit
 * `const` and `patternProperties`, which the API server refuses; and every list, map and text here has a limit, so
 * that no object is without bounds.
 */

/** The type of a schema with every level readonly. */
export type Readable<T> = T extends object ? { readonly [K in keyof T]: Readable<T[K]> } : T;

/** Longest name of a Kubernetes object. */
const NAME_LENGTH = 253;
/** Prefix, slash and name of a label key. */
const LABEL_KEY_LENGTH = 317;
/** Far longer than anybody writes an amount. */
const QUANTITY_LENGTH = 64;
/** Room for a list of every node of a large cluster. */
const MANY_ITEMS = 16_384;
const MAP_ENTRIES = 1024;

/** A text, by default as long as an object's name may be. */
export function Text(description: string, options: TSchemaOptions = {}) {
  return Type.String({ description, maxLength: NAME_LENGTH, ...options });
}

/** A text that takes one of the values. */
export function Enum<const V extends readonly string[]>(values: V, description: string, options: TSchemaOptions = {}) {
  return Type.Unsafe<V[number]>({ type: 'string', enum: [...values], description, ...options });
}

/** A whole number of 32 bits. */
export function Int32(description: string, options: TSchemaOptions = {}) {
  return Type.Integer({ description, format: 'int32', ...options });
}

/** A moment in RFC 3339. */
export function Timestamp(description: string) {
  return Type.String({ description, format: 'date-time', maxLength: 64 });
}

/** An amount as text or whole number (`500m`, `16Gi`, `8`). */
export function Quantity(description?: string) {
  return Type.Unsafe<string | number>({
    'x-kubernetes-int-or-string': true,
    anyOf: [{ type: 'integer' }, { type: 'string' }],
    pattern: QUANTITY_PATTERN,
    maxLength: QUANTITY_LENGTH,
    ...(description === undefined ? {} : { description }),
  });
}

/** A map with free keys. */
export function MapOf<S extends TSchema>(value: S, description: string, options: TSchemaOptions = {}) {
  return Type.Unsafe<Record<string, Static<S>>>({
    type: 'object',
    description,
    additionalProperties: value,
    maxProperties: MAP_ENTRIES,
    ...options,
  });
}

/** A list that is replaced as a whole, which is also what an API server does with a list that says nothing. */
export function List<S extends TSchema>(item: S, description: string, options: TSchemaOptions = {}) {
  return Type.Array(item, { description, maxItems: MANY_ITEMS, ...options });
}

/** An object with the given members. */
export function Fields<P extends TProperties>(properties: P, description: string, options: TSchemaOptions = {}) {
  return Type.Object(properties, { description, ...options });
}

/** An object of Kubernetes' own whose members are kept as they are: the API server would otherwise need a copy of its whole schema. */
export function OpenObject(description: string) {
  return Type.Unsafe<Record<string, unknown>>({
    type: 'object',
    description,
    'x-kubernetes-preserve-unknown-fields': true,
  });
}

/** A member that may be missing. */
export function Optional<S extends TSchema>(schema: S) {
  return Type.Optional(schema);
}

/** Amounts by resource name. */
export function ResourceList(description: string) {
  return MapOf(Quantity(), description);
}

/** Kubernetes' label selector; an empty one selects everything. */
export function LabelSelector(description: string) {
  const requirement = Fields(
    {
      key: Text('Label key that the requirement is about.', { maxLength: LABEL_KEY_LENGTH }),
      operator: Text('In, NotIn, Exists or DoesNotExist.', { maxLength: 32 }),
      values: Optional(
        List(Text('One label value.'), 'Values for In and NotIn; empty for the other operators.', ATOMIC),
      ),
    },
    'One requirement on a label.',
  );
  return Fields(
    {
      matchLabels: Optional(
        MapOf(Text('Value that the label must have.'), 'Labels that must be there with these values.'),
      ),
      matchExpressions: Optional(
        List(requirement, 'Requirements that must all hold.', { maxItems: MAP_ENTRIES, ...ATOMIC }),
      ),
    },
    description,
    { 'x-kubernetes-map-type': 'atomic' },
  );
}

/** Says outright that a list is replaced as a whole. */
export const ATOMIC = { 'x-kubernetes-list-type': 'atomic' } as const;

/** A rule of an API server on the values below, in CEL: what a schema cannot say and a webhook that is down does not. */
export function rule(expression: string, message: string): TSchemaOptions {
  return { 'x-kubernetes-validations': [{ rule: expression, message }] };
}

/** The members that every object has beside spec and status; the API server checks the metadata itself. */
export const OBJECT_HEAD = {
  apiVersion: Optional(Text('Group and version that the object is written in.')),
  kind: Optional(Text('Name of the kind.')),
  metadata: Optional(Type.Unsafe<Record<string, unknown>>({ type: 'object' })),
};
