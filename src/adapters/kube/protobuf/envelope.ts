import protobuf from 'protobufjs/minimal.js';
import type { Reader } from 'protobufjs/minimal.js';
import type { JsonObject } from '../../../lib/json.ts';
import { messageReaders } from './message-decoder.ts';
import type { MessageReader } from './message-decoder.ts';
import { KIND_MESSAGES, MESSAGE_TABLE } from './message-table.ts';

/** `k8s` and a zero byte stand before every object that the API server writes in protobuf. */
export const MAGIC = Buffer.from('k8s\0');

/** Tags of runtime.Unknown, and of the TypeMeta in it. */
export const TYPE_META_TAG = 0x0a;
export const RAW_TAG = 0x12;
export const CONTENT_TYPE_TAG = 0x22;
const API_VERSION_TAG = 0x0a;
const KIND_TAG = 0x12;

export const messageReader = messageReaders(MESSAGE_TABLE);

/** True for the kinds that are read in protobuf, named as `apiVersion/kind`. */
export function isKnownKind(kind: string): boolean {
  return KIND_MESSAGES.has(kind);
}

/**
 * The object in the envelope that Kubernetes writes, with the fields of the message table, in the shape of its JSON.
 * Undefined for a kind that is not in the table and for content in another encoding; throws when the bytes are broken.
 */
export function readEnveloped(bytes: Buffer): JsonObject | undefined {
  if (bytes.compare(MAGIC, 0, MAGIC.length, 0, MAGIC.length) !== 0) return undefined;
  const reader = protobuf.Reader.create(bytes);
  reader.pos = MAGIC.length;
  let kind = '';
  let rawAt = bytes.length;
  let rawEnd = bytes.length;
  while (reader.pos < bytes.length) {
    const tag = reader.uint32();
    if (tag === TYPE_META_TAG) {
      const length = reader.uint32();
      kind = readTypeMeta(reader, reader.pos + length);
    } else if (tag === RAW_TAG) {
      const length = reader.uint32();
      rawAt = reader.pos;
      rawEnd = rawAt + length;
      reader.skip(length);
    } else if (tag !== CONTENT_TYPE_TAG) {
      reader.skipType(tag & 7);
    } else if (reader.string() !== '') {
      return undefined;
    }
  }
  reader.pos = rawAt;
  return messageReader(KIND_MESSAGES.get(kind) ?? '')?.(reader, rawEnd);
}

/** Reads an item of a list of that kind, named as `apiVersion/kind`; undefined for one that is not in the table. */
export function itemReader(kind: string): MessageReader | undefined {
  const fields = MESSAGE_TABLE.get(KIND_MESSAGES.get(kind) ?? '') ?? [];
  const [, , message = ''] = fields.find(([, name, , shape]) => name === 'items' && shape === 'list') ?? [];
  return messageReader(message);
}

/** The reader throws where bytes are missing or mean nothing. */
export function unlessBroken<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** `apiVersion/kind`. */
export function readTypeMeta(reader: Reader, end: number): string {
  let apiVersion = '';
  let kind = '';
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === API_VERSION_TAG) apiVersion = reader.string();
    else if (tag === KIND_TAG) kind = reader.string();
    else reader.skipType(tag & 7);
  }
  return `${apiVersion}/${kind}`;
}
