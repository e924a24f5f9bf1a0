import type { Admission } from '../../engine/admission/admission.ts';
import type { ReviewAnswer } from '../../engine/admission/admission-answer.ts';
import type { Phase } from '../../engine/admission/admission-table.ts';
import { decodeReview } from './review-codec.ts';
import { encodeReview } from './review-response.ts';

/** One HTTP answer. */
export interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** How a body is to be treated. */
export interface ReviewTerms {
  /** Answer by the failure mode, without thinking. */
  readonly isShed: boolean;
  /** Monotonic milliseconds. */
  readonly deadlineMs: number;
  /** The row that is asked; empty for all of the phase. */
  readonly rowId: string;
  /** Asked before a very large review is read. */
  readonly mayRead: (values: number) => boolean;
}

/** The answer to a body: a review gets a review, anything else one line and a 400. */
export function replyTo(admission: Admission, phase: Phase, bytes: Buffer, terms: ReviewTerms): Reply | Promise<Reply> {
  const decoded = decodeReview(bytes, terms.mayRead);
  if (decoded.kind === 'refused') return textReply(400, decoded.message);
  const { request } = decoded;
  const reply = (answer: ReviewAnswer): Reply => ({
    status: 200,
    contentType: 'application/json',
    body: encodeReview(request, answer),
  });
  if (decoded.kind === 'unread') return reply(admission.shed(phase, request, terms.rowId, decoded.why));
  if (terms.isShed) return reply(admission.shed(phase, request, terms.rowId));
  const answer = admission.review(phase, request, terms);
  return answer instanceof Promise ? answer.then(reply) : reply(answer);
}

/** One line of plain text. */
export function textReply(status: number, message: string): Reply {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${message}\n` };
}
