import { arrayAt, isJsonObject, member, objectAt } from '../../../lib/json.ts';
import type { JsonValue } from '../../../lib/json.ts';
import { eventType } from './encoding.ts';
import type { Encoding, EventReceiver, ListFault, ListReader, ListReceiver } from './encoding.ts';
import { LineSplitter } from './line-splitter.ts';

/** Objects as JSON, a watch as one event a line. */
export const JSON_ENCODING: Encoding = {
  readObject(body) {
    const parsed = parse(body.toString('utf8'));
    return isJsonObject(parsed) ? parsed : undefined;
  },
  openList: (maxBytes, receiver) => new JsonList(maxBytes, receiver),
  openEvents(maxEventBytes, receiver) {
    const splitter = new LineSplitter(maxEventBytes);
    const takeLine = (line: string): boolean => takeEvent(line, receiver);
    return { push: (chunk) => splitter.push(chunk, takeLine) };
  },
};

/** Is read once all of it is there. */
class JsonList implements ListReader {
  readonly #maxBytes: number;
  readonly #receiver: ListReceiver;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;

  constructor(maxBytes: number, receiver: ListReceiver) {
    this.#maxBytes = maxBytes;
    this.#receiver = receiver;
  }

  push(chunk: Buffer): ListFault | undefined {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    return this.#bytes > this.#maxBytes ? 'tooLong' : undefined;
  }

  end(): boolean {
    const list = JSON_ENCODING.readObject(Buffer.concat(this.#chunks));
    if (list === undefined) return false;
    this.#receiver.takeHead(objectAt(list, 'metadata'));
    return arrayAt(list, 'items')
      .filter(isJsonObject)
      .every((item) => this.#receiver.takeItem(item));
  }
}

const EXCERPT_LENGTH = 80;

function takeEvent(line: string, receiver: EventReceiver): boolean {
  const event = parse(line);
  const type = eventType(member(event, 'type'));
  const object = member(event, 'object');
  if (type !== undefined && isJsonObject(object)) return receiver.takeEvent(type, object);
  receiver.takeUnreadable(line.slice(0, EXCERPT_LENGTH));
  return false;
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}
