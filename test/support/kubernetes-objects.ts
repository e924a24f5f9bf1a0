import fc from 'fast-check';
import protobuf from 'protobufjs';
import type { Field, Type } from 'protobufjs';
import * as keys from '../../src/api/keys.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import { EMBEDDED_FIELDS, KIND_MESSAGES } from '../../tools/protobuf/kubernetes.ts';

/**
 * Any object of a kind, as its JSON, with any of the fields that Kubernetes knows: also those that nobody reads yet. Fields
 * that a rule looks at get values which that rule knows, most of the time.
 */
export function anyObject(root: protobuf.Root, kind: string): fc.Arbitrary<JsonObject> {
  const message = KIND_MESSAGES.get(kind);
  if (message === undefined) throw new Error(`Cannot make ${kind}: no message is known`);
  const metadata = root.lookupType('k8s.io.apimachinery.pkg.apis.meta.v1.ObjectMeta');
  const named = { name: name(), namespace: name(), uid: name(), resourceVersion: name() };
  return fc
    .tuple(anyMessage(root.lookupType(message)), anyMessage(metadata), fc.record(named))
    .map(([object, meta, identity]) => jsonOf({ ...object, metadata: { ...meta, ...identity } }));
}

/** Without what JSON does not say. */
function jsonOf(object: unknown): JsonObject {
  return JSON.parse(JSON.stringify(object)) as JsonObject;
}

function anyMessage(type: Type): fc.Arbitrary<JsonObject> {
  const fields: Record<string, fc.Arbitrary<JsonValue>> = {};
  const embedded: fc.Arbitrary<JsonObject>[] = [];
  for (const field of type.fieldsArray) {
    const { resolvedType } = field;
    if (!EMBEDDED_FIELDS.has(field.name)) fields[field.name] = anyField(field);
    else if (resolvedType instanceof protobuf.Type) embedded.push(anyMessage(resolvedType));
  }
  return fc
    .tuple(fc.record(fields, { requiredKeys: [] }), ...embedded)
    .map((parts) => Object.assign({}, ...parts) as JsonObject);
}

function anyField(field: Field): fc.Arbitrary<JsonValue> {
  const value = anyValue(field);
  if (field.map) return fc.dictionary(mapKey(field), value, { maxKeys: 4, noNullPrototype: true });
  return field.repeated ? fc.array(value, { minLength: 1, maxLength: 2 }) : value;
}

function anyValue({ resolvedType, type, name: fieldName }: Field): fc.Arbitrary<JsonValue> {
  if (resolvedType instanceof protobuf.Type) {
    return MESSAGE_VALUES.get(resolvedType.name) ?? anyMessage(resolvedType);
  }
  const known = TEXTS.get(fieldName);
  switch (type) {
    case 'string':
      return known === undefined ? anyText() : fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...known) }, anyText());
    case 'bool':
      return fc.boolean();
    case 'int64':
      return fc.maxSafeInteger();
    case 'bytes':
      return fc.constant('');
    default:
      return fc.integer();
  }
}

function anyText(): fc.Arbitrary<string> {
  return fc.string({ unit: 'grapheme', maxLength: 6 });
}

function name(): fc.Arbitrary<string> {
  return fc.stringMatching(/^[a-z0-9]{1,8}$/);
}

const ALL_KEYS = Object.values(keys).filter((key): key is string & typeof key => typeof key === 'string');
const RESOURCES = ['cpu', 'memory', 'pods', 'nvidia.com/gpu', 'hugepages-2Mi', 'ephemeral-storage'];

function mapKey({ resolvedType }: Field): fc.Arbitrary<string> {
  const known = resolvedType === null ? ALL_KEYS : RESOURCES;
  return fc.oneof({ weight: 4, arbitrary: fc.constantFrom<string>(...known) }, name());
}

const FIRST_SECOND = -62_135_596_799;
const LAST_SECOND = 253_402_300_799;

/** Messages whose JSON is a value, and some that would only make objects large. */
const MESSAGE_VALUES: ReadonlyMap<string, fc.Arbitrary<JsonValue>> = new Map<string, fc.Arbitrary<JsonValue>>([
  ['Quantity', fc.constantFrom('0', '1', '100m', '1500m', '2Gi', '1e3', '16', '3k', '-1', '5n')],
  [
    'Time',
    fc.oneof(
      fc.constant(null),
      fc.integer({ min: FIRST_SECOND, max: LAST_SECOND }).map((seconds) => {
        return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
      }),
    ),
  ],
  ['IntOrString', fc.oneof(fc.nat(), fc.string({ maxLength: 4 }))],
  ['FieldsV1', fc.constant({ 'f:spec': {} })],
  ['MicroTime', fc.constant(null)],
]);

/** Texts that rules look for, by the name of their field. */
const TEXTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['operator', ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt', 'Equal']],
  ['effect', ['NoSchedule', 'PreferNoSchedule', 'NoExecute', '']],
  ['phase', ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']],
  ['type', ['PodScheduled', 'PodResizePending', 'Ready', 'Complete', 'Failed', 'Suspended']],
  ['reason', ['Infeasible', 'Deferred']],
  // Few enough for a status to meet the container that it speaks of.
  ['name', ['main', 'other']],
  ['status', ['True', 'False', 'Unknown']],
  ['restartPolicy', ['Always', 'OnFailure', 'Never']],
  ['protocol', ['TCP', 'UDP', '']],
  ['whenUnsatisfiable', ['DoNotSchedule', 'ScheduleAnyway']],
]);
