import { isJsonObject, member } from '../../../lib/json.ts';
import type { JsonValue } from '../../../lib/json.ts';
import { eventType } from './encoding.ts';
import type { Encoding, EventReceiver } from './encoding.ts';
import { LineSplitter } from './line-splitter.ts';

/** Objects as JSON, a watch as one event a line. */
export const JSON_ENCODING: Encoding = {
  readObject(body) {
    const parsed = parse(body.toString('utf8'));
    return isJsonObject(parsed) ? parsed : undefined;
  },
  openEvents(maxEventBytes, receiver) {
    const splitter = new LineSplitter(maxEventBytes);
    const takeLine = (line: string): boolean => takeEvent(line, receiver);
    return { push: (chunk) => splitter.push(chunk, takeLine) };
  },
};

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
