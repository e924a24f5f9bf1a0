import type { Dispatcher } from 'undici';
import { retryAfterMs } from './retry-after.ts';

/** Hears about one request: exactly one of the two `on` functions is called, once. */
export interface AnswerReceiver {
  /** False: the body of an answer with this status is thrown away unread. */
  wantsBody(status: number): boolean;
  onAnswer(status: number, retryAfterMs: number | undefined, body: string): void;
  /** No complete answer: time-out or broken connection. */
  onFailure(message: string): void;
}

/** More than any single object can be. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** One request with its time-out, from the call on: waiting for a connection counts. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #receiver: AnswerReceiver;
  readonly #timer: NodeJS.Timeout;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #retryAfterMs: number | undefined;
  #first: Buffer | undefined;
  #rest: Buffer[] | undefined;
  #bytes = 0;
  #wanted = false;
  #done = false;

  constructor(receiver: AnswerReceiver, timeoutMs: number) {
    this.#receiver = receiver;
    this.#timer = setTimeout(giveUp, timeoutMs, this);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#done) controller.abort(new Error('timed out before it was sent'));
  }

  onResponseStart(_: unknown, status: number, headers: Record<string, string | string[] | undefined>): void {
    if (status < 200) return;
    this.#status = status;
    this.#wanted = this.#receiver.wantsBody(status);
    if (status === 429 || status === 503) this.#retryAfterMs = retryAfterMs(headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#wanted) return;
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_BODY_BYTES) controller.abort(new Error('the answer is too long'));
    else if (this.#first === undefined) this.#first = chunk;
    else (this.#rest ??= []).push(chunk);
  }

  onResponseEnd(): void {
    if (!this.#finish()) return;
    this.#receiver.onAnswer(this.#status, this.#retryAfterMs, this.#body());
  }

  onResponseError(_: unknown, error: Error): void {
    if (this.#finish()) this.#receiver.onFailure(error.message);
  }

  /** Called by the timer. */
  expire(): void {
    if (!this.#finish()) return;
    this.#controller?.abort(new Error('timed out'));
    this.#receiver.onFailure('no answer within the time-out');
  }

  #finish(): boolean {
    if (this.#done) return false;
    this.#done = true;
    clearTimeout(this.#timer);
    return true;
  }

  #body(): string {
    if (this.#first === undefined) return '';
    if (this.#rest === undefined) return this.#first.toString('utf8');
    return Buffer.concat([this.#first, ...this.#rest]).toString('utf8');
  }
}

function giveUp(exchange: Exchange): void {
  exchange.expire();
}
