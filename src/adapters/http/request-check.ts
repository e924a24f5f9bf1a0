import type { IncomingMessage } from 'node:http';
import type { Phase } from '../../engine/admission/admission-table.ts';
import { MAX_BODY_BYTES } from './review-codec.ts';
import { textReply } from './review-reply.ts';
import type { Reply } from './review-reply.ts';

/** `/mutate` and `/validate` ask all rows of a phase, a segment after it the row of that id. */
const PATH = /^\/(mutate|validate)(?:\/([a-z0-9.-]{1,253}))?$/;
/** Volcano has them the other way round. */
const VOLCANO_PATH = /^\/([a-z]{1,63})\/(mutate|validate)$/;

/** What the request line and the headers say. */
export interface CheckedRequest {
  readonly phase: Phase;
  /** The row whose webhook is called; empty for all of the phase. */
  readonly rowId: string;
  /** Without the question mark. */
  readonly query: string;
  /** The answer when the body need not be looked at; undefined when it must. */
  readonly refusal: Reply | undefined;
  /** The body is declared larger than any review: not to be read at all. */
  readonly isTooLarge: boolean;
}

const JSON_TYPE = /^application\/json\s*(?:;|$)/i;

/** Judges a request by everything but its body. */
export function checkRequest(
  request: IncomingMessage,
  serves: (phase: Phase, rowId: string) => boolean,
): CheckedRequest {
  const url = request.url ?? '';
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  const [, part = '', volcanoPhase] = VOLCANO_PATH.exec(path) ?? [];
  const [, name = volcanoPhase, rowId = part] = PATH.exec(path) ?? [];
  const phase = name === 'validate' ? 'validate' : 'mutate';
  return {
    phase,
    rowId,
    query: mark < 0 ? '' : url.slice(mark + 1),
    refusal: refusalOf(request, name !== undefined && serves(phase, rowId)),
    isTooLarge: Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES,
  };
}

function refusalOf(request: IncomingMessage, isKnown: boolean): Reply | undefined {
  if (!isKnown || request.method !== 'POST')
    return textReply(404, 'reviews are taken by POST at /mutate and /validate');
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') return textReply(415, 'the body must not be compressed');
  if (!JSON_TYPE.test(request.headers['content-type'] ?? ''))
    return textReply(415, 'the body must be application/json');
  return undefined;
}
