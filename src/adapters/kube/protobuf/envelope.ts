import protobuf from 'protobufjs/minimal.js';
import type { Reader } from 'protobufjs/minimal.js';
import type { JsonObject } from '../../../lib/json.ts';
import { messageReaders } from './message-decoder.ts';
import { KIND_MESSAGES, MESSAGE_TABLE } from './message-table.ts';

/** `k8s` and a zero byte stand before every object that the API server writes in protobuf. */
const MAGIC = Buffer.from('k8s\0');

/** Tags of runtime.Unknown, and of the TypeMeta in it. */
const TYPE_META_TAG = 0x0a;
const RAW_TAG = 0x12;
const CONTENT_TYPE_TAG = 0x22;
const API_VERSION_TAG = 0x0a;
const KIND_TAG = 0x12;

const messageReader = messageReaders(MESSAGE_TABLE);

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
      kind = readTypeMeta(reader);
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

/** `apiVersion/kind`. */
function readTypeMeta(reader: Reader): string {
  const length = reader.uint32();
  const end = reader.pos + length;
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
