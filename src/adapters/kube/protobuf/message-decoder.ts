import type { Reader } from 'protobufjs/minimal.js';
import type { JsonObject, JsonValue } from '../../../lib/json.ts';
import { InvariantError } from '../../../lib/exhaustive.ts';
import { RecentBytes } from './recent-bytes.ts';

/** How often a field stands in its message; the members of an `embedded` one stand in the object around it. */
type FieldShape = 'single' | 'list' | 'map' | 'embedded';

/** One field that is read. The type is a scalar of protobuf or the name of a message. */
export type FieldRow = readonly [number: number, name: string, type: string, shape: FieldShape];

/** Reads one value where the reader stands. */
type ValueReader = (reader: Reader) => JsonValue;

interface Entry {
  readonly key: string;
  readonly value: JsonValue;
}

type EntryReader = (reader: Reader) => Entry;

type FieldReader =
  | { readonly name: string; readonly shape: 'map'; readonly read: EntryReader }
  | { readonly name: string; readonly shape: Exclude<FieldShape, 'map'>; readonly read: ValueReader };

/** Reads the message between the reader's position and `end`; throws when the bytes are not well-formed. */
export type MessageReader = (reader: Reader, end: number) => JsonObject;

type MutableObject = Record<string, JsonValue>;

/** Wire types; a field that comes with another one is skipped like an unknown field. */
const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** Tags of the two fields of each entry of a map. */
const KEY_TAG = (1 << 3) | LENGTH_DELIMITED;
const VALUE_TAG = (2 << 3) | LENGTH_DELIMITED;
/** Tag of the only field of a Quantity, and of the first of a Time. */
const TEXT_TAG = (1 << 3) | LENGTH_DELIMITED;
const SECONDS_TAG = (1 << 3) | VARINT;

const VALUE_READERS: ReadonlyMap<string, ValueReader> = new Map<string, ValueReader>([
  ['string', (reader) => reader.string()],
  ['bool', (reader) => reader.bool()],
  ['int32', (reader) => reader.int32()],
  ['int64', readInt64],
  ['Quantity', readQuantity],
  ['Time', recalled(readTime, 1024)],
]);

const readKnownText = recalled((reader) => reader.string(), 8192);

/** Texts that are another for each object: all others are looked for among those that were read before. */
const OWN_TEXTS: ReadonlySet<string> = new Set([
  'ObjectMeta.name',
  'ObjectMeta.resourceVersion',
  'ObjectMeta.uid',
  'PodCondition.message',
  'PodStatus.podIP',
]);

/** Messages that many objects repeat to the byte. */
const REPEATED: ReadonlySet<string> = new Set([
  'Affinity',
  'ContainerStatus.resources',
  'OwnerReference',
  'PodCondition',
  'PodStatus.resources',
  'ResourceRequirements',
  'Toleration',
  'TopologySpreadConstraint',
]);
/** Of each of them. */
const REPEATED_SLOTS = 1024;
/** Of all entries of maps that are texts, or quantities. */
const ENTRY_SLOTS = 4096;

/**
 * Readers of the messages of a table, by name. What comes out has the shape of the object's JSON, with the fields of the
 * table only; the others are passed over by their length. Fields that Go always writes are there even when empty.
 */
export function messageReaders(
  table: ReadonlyMap<string, readonly FieldRow[]>,
): (message: string) => MessageReader | undefined {
  const readers = new Map<string, MessageReader>();
  const fieldsOf = new Map<string, (FieldReader | undefined)[]>();
  for (const message of table.keys()) {
    const fields: (FieldReader | undefined)[] = [];
    fieldsOf.set(message, fields);
    readers.set(message, (reader, end) => readMessage(reader, end, fields));
  }
  const readersOf = new Map<string, ValueReader>();
  const entriesOf = new Map<string, EntryReader>();
  for (const [message, rows] of table) {
    const fields = fieldsOf.get(message) ?? [];
    for (const [number, name, type, shape] of rows) {
      const wireType = shape !== 'map' && VARINT_TYPES.has(type) ? VARINT : LENGTH_DELIMITED;
      const tag = (number << 3) | wireType;
      const isKnownText = type === 'string' && !OWN_TEXTS.has(`${message}.${name}`);
      const read = isKnownText ? readKnownText : once(readersOf, type, () => valueReader(type, readers));
      if (shape !== 'map') fields[tag] = { name, shape, read };
      else fields[tag] = { name, shape, read: once(entriesOf, type, () => entryReader(valueReader(type, readers))) };
    }
  }
  return (message) => readers.get(message);
}

function once<T>(made: Map<string, T>, type: string, make: () => T): T {
  let one = made.get(type);
  if (one === undefined) made.set(type, (one = make()));
  return one;
}

const VARINT_TYPES: ReadonlySet<string> = new Set(['bool', 'int32', 'int64']);

function valueReader(type: string, readers: ReadonlyMap<string, MessageReader>): ValueReader {
  const readValue = VALUE_READERS.get(type);
  if (readValue !== undefined) return readValue;
  const readFields = readers.get(type);
  if (readFields === undefined) throw new InvariantError(`Cannot read ${type}: not in the message table`);
  const readWhole: ValueReader = (reader) => readFields(reader, endOf(reader));
  return REPEATED.has(type) ? recalled(readWhole, REPEATED_SLOTS) : readWhole;
}

/** What begins with its length and was read before is not read again: its bytes tell that. Shared by all who get it. */
function recalled<T>(read: (reader: Reader) => T, slots: number): (reader: Reader) => T {
  const recent = new RecentBytes<T>(slots);
  return (reader) => {
    const start = reader.pos;
    const length = reader.uint32();
    const from = reader.pos;
    const end = from + length;
    if (end > reader.len) throw new RangeError(`a message ends at ${end}, its bytes at ${reader.len}`);
    const known = recent.get(reader.buf, from, end);
    if (known !== undefined) {
      reader.pos = end;
      return known;
    }
    reader.pos = start;
    const value = read(reader);
    recent.set(reader.buf, from, end, value);
    return value;
  };
}

function readMessage(reader: Reader, end: number, fields: readonly (FieldReader | undefined)[]): JsonObject {
  const object: MutableObject = {};
  while (reader.pos < end) {
    const tag = reader.uint32();
    const field = fields[tag];
    if (field === undefined) reader.skipType(tag & 7);
    else readField(reader, field, object);
  }
  checkEnd(reader, end);
  return object;
}

function readField(reader: Reader, field: FieldReader, object: MutableObject): void {
  const { name, shape } = field;
  if (shape === 'map') {
    const map = object[name];
    enter(field.read(reader), map === undefined ? (object[name] = {}) : (map as MutableObject));
    return;
  }
  const value = field.read(reader);
  if (shape === 'single') {
    object[name] = value;
  } else if (shape === 'embedded') {
    Object.assign(object, value);
  } else {
    const list = object[name];
    if (list === undefined) object[name] = [value];
    else (list as JsonValue[]).push(value);
  }
}

function entryReader(read: ValueReader): EntryReader {
  return recalled((reader) => readEntry(reader, read), ENTRY_SLOTS);
}

function readEntry(reader: Reader, read: ValueReader): Entry {
  const end = endOf(reader);
  let key = '';
  let value: JsonValue = '';
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === KEY_TAG) key = readKnownText(reader);
    else if (tag === VALUE_TAG) value = read(reader);
    else reader.skipType(tag & 7);
  }
  checkEnd(reader, end);
  return { key, value };
}

function enter({ key, value }: Entry, map: MutableObject): void {
  if (key === '__proto__')
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  else map[key] = value;
}

function readInt64(reader: Reader): number {
  const { high, low } = reader.int64();
  return high * 2 ** 32 + (low >>> 0);
}

/** A message with one text, which JSON shows alone. */
function readQuantity(reader: Reader): string {
  const end = endOf(reader);
  let text = '';
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === TEXT_TAG) text = reader.string();
    else reader.skipType(tag & 7);
  }
  checkEnd(reader, end);
  return text;
}

/** Whole seconds since 1970, which JSON shows as a date; an empty message is the zero time, which JSON shows as null. */
function readTime(reader: Reader): string | null {
  const end = endOf(reader);
  if (reader.pos === end) return null;
  let seconds = 0;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === SECONDS_TAG) seconds = readInt64(reader);
    else reader.skipType(tag & 7);
  }
  checkEnd(reader, end);
  return dateText(seconds);
}

/** Objects that come one after the other were often created in the same second. */
let latest = { seconds: 0, text: '1970-01-01T00:00:00Z' };

function dateText(seconds: number): string {
  if (seconds !== latest.seconds) latest = { seconds, text: `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z` };
  return latest.text;
}

function endOf(reader: Reader): number {
  const length = reader.uint32();
  return reader.pos + length;
}

/** A field that reaches beyond its message is not what it seems. */
function checkEnd(reader: Reader, end: number): void {
  if (reader.pos !== end) throw new RangeError(`a field ends at ${reader.pos}, its message at ${end}`);
}
