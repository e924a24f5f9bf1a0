import protobuf from 'protobufjs/minimal.js';
import type { JsonObject } from '../../../lib/json.ts';
import { eventType } from '../read/encoding.ts';
import type { Encoding, EventReceiver } from '../read/encoding.ts';
import { readEnveloped, unlessBroken } from './envelope.ts';
import { FrameSplitter } from './frame-splitter.ts';
import { ProtobufListReader } from './list-reader.ts';

/** Objects in Kubernetes' protobuf envelope, a watch as one WatchEvent a frame. */
export const PROTOBUF_ENCODING: Encoding = {
  readObject: (body) => unlessBroken(() => readEnveloped(body)),
  openList: (maxBytes, receiver) => new ProtobufListReader(maxBytes, receiver),
  openEvents(maxEventBytes, receiver) {
    const splitter = new FrameSplitter(maxEventBytes);
    const takeFrame = (frame: Buffer): boolean => takeEvent(frame, receiver);
    return { push: (chunk) => splitter.push(chunk, takeFrame) };
  },
};

/** Tags of WatchEvent, and of the RawExtension in it. */
const TYPE_TAG = 0x0a;
const OBJECT_TAG = 0x12;
const RAW_TAG = 0x0a;

const EXCERPT_BYTES = 40;

function takeEvent(frame: Buffer, receiver: EventReceiver): boolean {
  const event = unlessBroken(() => readWatchEvent(frame));
  const type = eventType(event?.type);
  if (type !== undefined && event?.object !== undefined) return receiver.takeEvent(type, event.object);
  receiver.takeUnreadable(frame.toString('hex', 0, EXCERPT_BYTES));
  return false;
}

interface ReadEvent {
  readonly type: string;
  readonly object: JsonObject | undefined;
}

function readWatchEvent(frame: Buffer): ReadEvent {
  const reader = protobuf.Reader.create(frame);
  let type = '';
  let object: JsonObject | undefined;
  while (reader.pos < frame.length) {
    const tag = reader.uint32();
    if (tag === TYPE_TAG) type = reader.string();
    else if (tag === OBJECT_TAG) object = readExtension(frame, reader);
    else reader.skipType(tag & 7);
  }
  return { type, object };
}

function readExtension(frame: Buffer, reader: protobuf.Reader): JsonObject | undefined {
  const length = reader.uint32();
  const end = reader.pos + length;
  let object: JsonObject | undefined;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag !== RAW_TAG) {
      reader.skipType(tag & 7);
      continue;
    }
    const size = reader.uint32();
    object = readEnveloped(frame.subarray(reader.pos, reader.pos + size));
    reader.skip(size);
  }
  return object;
}
