import protobuf from 'protobufjs';
import type { Field, Type } from 'protobufjs';
import { arrayAt, isJsonObject, member, objectAt } from '../../src/lib/json.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json.ts';
import {
  EMBEDDED_FIELDS,
  KIND_MESSAGES,
  STATUS_MESSAGE,
  UNKNOWN_MESSAGE,
  WATCH_EVENT_MESSAGE,
} from '../../tools/protobuf/kubernetes.ts';

/** Which optional texts, numbers and flags are written when the JSON has none: Go writes the empty ones of most fields. */
export interface WriteOptions {
  readonly writesEmpty: boolean;
}

/** Fields that Go leaves out where they are nil: none is something else than 0 there. */
const POINTERS: ReadonlySet<string> = new Set([
  '.k8s.io.api.batch.v1.JobSpec.parallelism',
  '.k8s.io.api.batch.v1.JobSpec.completions',
  '.k8s.io.api.storage.v1.VolumeNodeResources.count',
]);

/** Writes objects as the API server does, by Kubernetes' own descriptors with every field. */
export class KubernetesWriter {
  readonly #root: protobuf.Root;
  readonly #options: WriteOptions;

  constructor(root: protobuf.Root, options: WriteOptions = { writesEmpty: true }) {
    this.#root = root;
    this.#options = options;
  }

  /** An object or a list in its envelope; the kind is `apiVersion/kind`. */
  object(kind: string, json: JsonObject): Buffer {
    const raw = this.#encode(messageOf(kind), this.#message(this.#root.lookupType(messageOf(kind)), json));
    const slash = kind.lastIndexOf('/');
    const typeMeta = { apiVersion: kind.slice(0, slash), kind: kind.slice(slash + 1) };
    const envelope = { typeMeta, raw, contentEncoding: '', contentType: '' };
    return Buffer.concat([Buffer.from('k8s\0'), this.#encode(UNKNOWN_MESSAGE, envelope)]);
  }

  /** A framed event of a watch. */
  event(type: string, kind: string, json: JsonObject): Buffer {
    const frame = this.#encode(WATCH_EVENT_MESSAGE, { type, object: { raw: this.object(kind, json) } });
    const length = Buffer.alloc(4);
    length.writeUInt32BE(frame.length);
    return Buffer.concat([length, frame]);
  }

  #encode(message: string, fields: Record<string, unknown>): Buffer {
    const type = this.#root.lookupType(message);
    return Buffer.from(type.encode(type.fromObject(fields)).finish());
  }

  #message(type: Type, json: JsonObject): Record<string, unknown> {
    const message: Record<string, unknown> = {};
    for (const field of type.fieldsArray) {
      const value = this.#field(field, json);
      if (value !== undefined) message[field.name] = value;
    }
    return message;
  }

  #field(field: Field, json: JsonObject): unknown {
    const { name } = field;
    if (EMBEDDED_FIELDS.has(name) && field.resolvedType instanceof protobuf.Type) {
      return this.#message(field.resolvedType, json);
    }
    if (field.map) {
      const entries = Object.entries(objectAt(json, name));
      return Object.fromEntries(entries.map(([key, value]) => [key, this.#value(field, value)]));
    }
    if (field.repeated) return arrayAt(json, name).map((value) => this.#value(field, value));
    const value = member(json, name);
    if (value !== undefined) return this.#value(field, value);
    const isWritten = this.#options.writesEmpty && field.resolvedType === null && !POINTERS.has(field.fullName);
    return isWritten ? field.typeDefault : undefined;
  }

  #value({ resolvedType }: Field, json: JsonValue): unknown {
    if (!(resolvedType instanceof protobuf.Type)) return json;
    switch (resolvedType.name) {
      case 'Quantity':
        return { string: json };
      case 'Time':
      case 'MicroTime':
        return typeof json === 'string' ? { seconds: Math.floor(Date.parse(json) / 1000), nanos: 0 } : {};
      case 'IntOrString':
        return typeof json === 'number' ? { type: 0, intVal: json } : { type: 1, strVal: json };
      case 'FieldsV1':
        return { Raw: Buffer.from(JSON.stringify(json)) };
      default:
        return this.#message(resolvedType, isJsonObject(json) ? json : {});
    }
  }
}

function messageOf(kind: string): string {
  if (kind === 'v1/Status') return STATUS_MESSAGE;
  const message = KIND_MESSAGES.get(kind) ?? KIND_MESSAGES.get(kind.replace(/List$/, ''));
  if (message === undefined) throw new Error(`Cannot write ${kind}: no message is known`);
  return kind.endsWith('List') ? `${message}List` : message;
}
