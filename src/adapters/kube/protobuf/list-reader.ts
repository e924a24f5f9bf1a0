import protobuf from 'protobufjs/minimal.js';
import type { Reader } from 'protobufjs/minimal.js';
import type { ListFault, ListReader, ListReceiver } from '../read/encoding.ts';
import {
  CONTENT_TYPE_TAG,
  itemReader,
  MAGIC,
  messageReader,
  RAW_TAG,
  readTypeMeta,
  TYPE_META_TAG,
  unlessBroken,
} from './envelope.ts';
import type { MessageReader } from './message-decoder.ts';

/** Tags of the two fields of every list. */
const METADATA_TAG = 0x0a;
const ITEMS_TAG = 0x12;

/** What begins with its length; envelopes and lists have no other fields. */
const LENGTH_DELIMITED = 2;
/** Of a tag and a length: five bytes each. */
const MOST_HEAD_BYTES = 10;

/** A field whose bytes need not be there yet. */
interface Field {
  readonly tag: number;
  readonly from: number;
  readonly end: number;
}

const readListMeta = messageReader('ListMeta');
/** Instead of a position. */
const CORRUPT = -1;

/** A list in Kubernetes' envelope, item by item: no more is held than the item that is not whole yet. */
export class ProtobufListReader implements ListReader {
  readonly #maxBytes: number;
  readonly #receiver: ListReceiver;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  /** Bytes that the tail needs before it is worth a look. */
  #wanted = MAGIC.length;
  #hasMagic = false;
  /** Known once it is told of which kind the list is. */
  #readItem: MessageReader | undefined;
  #hasBegun = false;
  /** Bytes of the list that are still to come; none before and after it. */
  #left = 0;

  constructor(maxBytes: number, receiver: ListReceiver) {
    this.#maxBytes = maxBytes;
    this.#receiver = receiver;
  }

  push(chunk: Buffer): ListFault | undefined {
    this.#tail.push(chunk);
    this.#tailBytes += chunk.length;
    if (this.#tailBytes < this.#wanted) return undefined;
    const bytes = this.#tail.length === 1 ? chunk : Buffer.concat(this.#tail);
    const reader = protobuf.Reader.create(bytes);
    let at = 0;
    while (bytes.length - at >= this.#wanted) {
      at = this.#read(reader, bytes, at);
      if (at === CORRUPT) return 'corrupt';
    }
    this.#tail = at === bytes.length ? [] : [bytes.subarray(at)];
    this.#tailBytes = bytes.length - at;
    return this.#wanted > this.#maxBytes ? 'tooLong' : undefined;
  }

  end(): boolean {
    return this.#hasBegun && this.#left === 0 && this.#tailBytes === 0;
  }

  /** Where to go on: at the same place once more bytes are there. */
  #read(reader: Reader, bytes: Buffer, at: number): number {
    if (!this.#hasMagic) {
      this.#hasMagic = true;
      this.#wanted = 1;
      return bytes.compare(MAGIC, 0, MAGIC.length, 0, MAGIC.length) === 0 ? MAGIC.length : CORRUPT;
    }
    const field = fieldAt(bytes, at);
    if (field === undefined) {
      this.#wanted = bytes.length - at + 1;
      return this.#wanted > MOST_HEAD_BYTES ? CORRUPT : at;
    }
    if ((field.tag & 7) !== LENGTH_DELIMITED) return CORRUPT;
    // The list as a whole is not waited for.
    if (field.tag === RAW_TAG && !this.#hasBegun) return this.#begin(field);
    this.#wanted = field.end - at;
    if (field.end > bytes.length) return at;
    this.#wanted = 1;
    reader.pos = field.from;
    const isTaken =
      this.#left === 0 ? this.#takeAround(reader, field) : this.#takeOfList(reader, field, field.end - at);
    return isTaken ? field.end : CORRUPT;
  }

  #begin({ from, end }: Field): number {
    this.#hasBegun = true;
    this.#left = end - from;
    this.#wanted = 1;
    return this.#readItem === undefined ? CORRUPT : from;
  }

  /** The envelope says of which kind the list is before the list comes, and nothing of interest after it. */
  #takeAround(reader: Reader, { tag, from, end }: Field): boolean {
    if (tag === TYPE_META_TAG) {
      this.#readItem = unlessBroken(() => itemReader(readTypeMeta(reader, end)));
      return this.#readItem !== undefined;
    }
    return tag !== CONTENT_TYPE_TAG || from === end;
  }

  #takeOfList(reader: Reader, { tag, end }: Field, size: number): boolean {
    this.#left -= size;
    if (this.#left < 0) return false;
    if (tag === METADATA_TAG) {
      const metadata = unlessBroken(() => readListMeta?.(reader, end));
      if (metadata !== undefined) this.#receiver.takeHead(metadata);
      return metadata !== undefined;
    }
    if (tag !== ITEMS_TAG) return true;
    const item = unlessBroken(() => this.#readItem?.(reader, end));
    return item !== undefined && this.#receiver.takeItem(item);
  }
}

/** Undefined where tag and length are not whole. */
function fieldAt(bytes: Buffer, at: number): Field | undefined {
  const tag = varintAt(bytes, at);
  const length = tag && varintAt(bytes, tag.end);
  return length && { tag: tag.value, from: length.end, end: length.end + length.value };
}

function varintAt(bytes: Buffer, at: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let i = 0; i < MOST_HEAD_BYTES / 2; i += 1) {
    const byte = bytes[at + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: at + i + 1 };
  }
  return undefined;
}
