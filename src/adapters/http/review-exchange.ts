import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Admission } from '../../engine/admission/admission.ts';
import {
  BODY_BYTES,
  DURATION_SECONDS,
  REFUSED_REQUESTS_TOTAL,
  SHED_TOTAL,
} from '../../engine/admission/admission-metrics.ts';
import type { Clock, Logger, Metrics } from '../../engine/ports.ts';
import type { Arrivals, Arriving } from './arrivals.ts';
import type { ConnectionBook } from './connection-book.ts';
import type { LoadGate } from './load-gate.ts';
import { checkRequest } from './request-check.ts';
import type { CheckedRequest } from './request-check.ts';
import { reviewBudgetMs } from './review-budget.ts';
import { MAX_BODY_BYTES } from './review-codec.ts';
import { replyTo, textReply } from './review-reply.ts';
import type { Reply } from './review-reply.ts';
import type { SlowLane } from './slow-lane.ts';
import type { ValueBudget } from './value-budget.ts';

/** What every exchange of one server shares. */
export interface ExchangeContext {
  readonly admission: Admission;
  readonly gate: LoadGate;
  readonly arrivals: Arrivals;
  readonly lane: SlowLane;
  readonly values: ValueBudget;
  readonly book: ConnectionBook;
  /** Only who has a certificate of the right authority is answered. */
  readonly wantsKnownClient: boolean;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Logger;
  /** True while the server drains: each answer then ends its connection. */
  readonly isDraining: () => boolean;
}

/** A client that is still sending gets this long to read a refusal before its connection is cut. */
const LINGER_MS = 500;
/** Larger ones are decided in the slow lane; reviews of real pods are smaller. */
const LARGE_BODY_BYTES = 64 * 1024;

/** One request from its headers to its answer; a class because it has a life cycle of events. */
export class ReviewExchange implements Arriving {
  readonly #context: ExchangeContext;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #checked: CheckedRequest;
  readonly startedMs: number;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #isShed = false;
  /** Counted as in flight. */
  #isEntered = false;
  #isOver = false;

  constructor(context: ExchangeContext, request: IncomingMessage, response: ServerResponse) {
    this.#context = context;
    this.#request = request;
    this.#response = response;
    this.#checked = checkRequest(request, (phase, rowId) => context.admission.serves(phase, rowId));
    this.startedMs = context.clock.monotonicMs();
  }

  /** Reads and answers; returns at once. */
  run(): void {
    this.#request.on('error', () => this.#end());
    this.#response.on('error', () => this.#end());
    this.#response.on('close', () => this.#end());
    if (this.#context.wantsKnownClient && !isKnown(this.#request)) {
      this.#cut(textReply(401, 'reviews are taken from clients with a certificate of the API server only'));
    } else if (this.#checked.isTooLarge) {
      this.#cut(textReply(413, 'the body is larger than 7 MiB'));
    } else {
      this.#context.arrivals.add(this);
      this.#request.on('data', (chunk: Buffer) => this.#take(chunk));
      this.#request.on('end', () => this.#finish());
    }
  }

  giveUp(cause: 'slow' | 'memory'): void {
    if (cause === 'slow') {
      this.#cut(textReply(408, 'the body took too long'));
    } else {
      this.#turnAway('memory', 'too many bytes of reviews at once');
    }
  }

  #take(chunk: Buffer): void {
    if (this.#isOver) return;
    const { gate, arrivals } = this.#context;
    this.#size += chunk.length;
    gate.buffer(chunk.length);
    this.#chunks.push(chunk);
    if (this.#size > MAX_BODY_BYTES) this.#cut(textReply(413, 'the body is larger than 7 MiB'));
    while (!gate.hasMemory && !this.#isOver) arrivals.makeRoom();
  }

  /** Only now is it a review, and a load. */
  #finish(): void {
    if (this.#isOver) return;
    const { arrivals, book, gate, lane } = this.#context;
    arrivals.delete(this);
    book.carriedReview(this.#request.socket);
    if (!gate.enter()) this.#shed('in-flight');
    this.#isEntered = true;
    if (this.#size <= LARGE_BODY_BYTES) this.#decide();
    else if (!lane.enter(() => this.#decide())) this.#turnAway('large', 'too many large reviews at once');
  }

  #decide(): void {
    // Whoever asked may have gone while the review stood in line.
    if (this.#isOver) return;
    try {
      const reply = this.#checked.refusal ?? this.#review();
      if (reply instanceof Promise)
        reply.then((late) => this.#answer(late)).catch((error: unknown) => this.#fail(error));
      else this.#answer(reply);
    } catch (error) {
      this.#fail(error);
    }
  }

  #answer(reply: Reply): void {
    // Whoever asked may have gone while questions were answered.
    if (this.#isOver) return;
    this.#send(reply);
    if (reply.status === 200) this.#measure();
  }

  /** Reached only by a bug; a 500 makes the API server apply the failure policy of the webhook. */
  #fail(error: unknown): void {
    this.#context.log.error('review could not be answered', { message: String(error) });
    if (this.#response.headersSent) this.#response.destroy();
    else this.#send(textReply(500, 'internal error'));
  }

  #measure(): void {
    const { metrics, clock } = this.#context;
    const { phase } = this.#checked;
    metrics.observe(DURATION_SECONDS, { phase }, (clock.monotonicMs() - this.startedMs) / 1000);
    metrics.observe(BODY_BYTES, { phase }, this.#size);
  }

  #review(): Reply | Promise<Reply> {
    const { admission, clock } = this.#context;
    const { phase, rowId, query } = this.#checked;
    const deadlineMs = this.startedMs + reviewBudgetMs(query);
    // The API server is about to give up: a fast answer is worth more than a good one.
    if (!this.#isShed && clock.monotonicMs() > deadlineMs) this.#shed('deadline');
    const [first] = this.#chunks;
    const bytes = this.#chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.#chunks);
    const mayRead = (values: number): boolean => this.#mayRead(values);
    return replyTo(admission, phase, bytes, { isShed: this.#isShed, deadlineMs, rowId, mayRead });
  }

  /** One that is shed is answered without being read. */
  #mayRead(values: number): boolean {
    if (this.#isShed) return false;
    const isSpared = this.#context.values.take(values, this.#checked.phase === 'mutate');
    if (!isSpared) this.#shed('large');
    return isSpared;
  }

  #shed(cause: 'in-flight' | 'deadline' | 'large'): void {
    this.#isShed = true;
    this.#context.metrics.count(SHED_TOTAL, { cause });
  }

  #turnAway(cause: 'memory' | 'large', message: string): void {
    this.#context.metrics.count(SHED_TOTAL, { cause });
    this.#cut(textReply(503, message));
  }

  #send(reply: Reply): void {
    this.#count(reply);
    if (this.#context.isDraining()) this.#response.setHeader('Connection', 'close');
    this.#response.writeHead(reply.status, {
      'Content-Type': reply.contentType,
      'Content-Length': Buffer.byteLength(reply.body),
    });
    this.#response.end(reply.body);
    this.#end();
  }

  /** Answers without reading on. Closing at once would reset the connection before the client has read the answer. */
  #cut(reply: Reply): void {
    this.#count(reply);
    this.#request.pause();
    const { socket } = this.#response;
    this.#end();
    if (socket === null) {
      this.#request.socket.destroy();
      return;
    }
    const length = Buffer.byteLength(reply.body);
    const head = `Content-Type: ${reply.contentType}\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n`;
    socket.end(`HTTP/1.1 ${reply.status} Refused\r\n${head}${reply.body}`);
    setTimeout(() => socket.destroy(), LINGER_MS).unref();
  }

  #count(reply: Reply): void {
    if (reply.status !== 200) this.#context.metrics.count(REFUSED_REQUESTS_TOTAL, { status: String(reply.status) });
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#chunks.length = 0;
    const { arrivals, gate } = this.#context;
    arrivals.delete(this);
    gate.release(this.#size);
    if (this.#isEntered) gate.leave();
  }
}

function isKnown({ socket }: IncomingMessage): boolean {
  return socket instanceof TLSSocket && socket.authorized;
}
