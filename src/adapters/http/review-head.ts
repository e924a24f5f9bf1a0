import { closingQuote } from './json-scan.ts';

/** The API server writes who asks for what before the objects; that is a few hundred bytes, and more for a user of many groups. */
const MAX_HEAD_BYTES = 64 * 1024;
/** Of the members of a review's request. */
const REQUEST_DEPTH = 2;
const OBJECTS: readonly Buffer[] = ['"object":', '"oldObject":'].map((key) => Buffer.from(key));
const QUOTE = 0x22;

/**
 * The JSON of a review without the objects of its request and whatever follows them: enough to answer a review that is not to
 * be read whole. Undefined where the first bytes hold no object. O(head), however long the rest is.
 */
export function reviewHead(bytes: Buffer): string | undefined {
  const head = bytes.subarray(0, MAX_HEAD_BYTES);
  const end = commaBeforeObjects(head);
  return end < 0 ? undefined : head.toString('utf8', 0, end) + '}'.repeat(REQUEST_DEPTH);
}

function commaBeforeObjects(head: Buffer): number {
  let depth = 0;
  let comma = -1;
  for (let at = 0; at < head.length; at += 1) {
    const byte = head[at];
    if (byte === QUOTE) {
      if (depth === REQUEST_DEPTH && OBJECTS.some((key) => head.subarray(at, at + key.length).equals(key)))
        return comma;
      at = closingQuote(head, at + 1);
    } else {
      depth += STEP.get(byte ?? 0) ?? 0;
      if (byte === COMMA) comma = at;
    }
  }
  return -1;
}

const COMMA = 0x2c;
/** What brackets add to the depth. */
const STEP: ReadonlyMap<number, number> = new Map([
  [0x7b, 1],
  [0x5b, 1],
  [0x7d, -1],
  [0x5d, -1],
]);
