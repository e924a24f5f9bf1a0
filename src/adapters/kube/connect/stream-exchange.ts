import type { Dispatcher } from 'undici';
import { retryAfterMs } from './retry-after.ts';

/** Hears about one streamed answer: `onStart`, data, then exactly one of `onEnd` and `onFailure`. */
export interface StreamReceiver {
  /** The content type is empty where the server names none. */
  onStart(status: number, retryAfterMs: number | undefined, contentType: string): void;
  onData(chunk: Buffer): void;
  onEnd(): void;
  /** Broken connection; may come before `onStart`. */
  onFailure(message: string): void;
}

/** Hold on a streamed answer. */
export interface OpenStream {
  /** Ends it; the receiver hears nothing more. */
  abort(): void;
  /** Stops reading from the socket until `resume`. */
  pause(): void;
  resume(): void;
}

/** One streamed GET. */
export class StreamExchange implements Dispatcher.DispatchHandler, OpenStream {
  readonly #receiver: StreamReceiver;
  #controller: Dispatcher.DispatchController | undefined;
  #done = false;

  constructor(receiver: StreamReceiver) {
    this.#receiver = receiver;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#done) controller.abort(new Error('aborted'));
  }

  onResponseStart(_: unknown, status: number, headers: Record<string, string | string[] | undefined>): void {
    if (this.#done || status < 200) return;
    const contentType = headers['content-type'];
    this.#receiver.onStart(status, retryAfterMs(headers), typeof contentType === 'string' ? contentType : '');
  }

  onResponseData(_: unknown, chunk: Buffer): void {
    if (!this.#done) this.#receiver.onData(chunk);
  }

  onResponseEnd(): void {
    if (this.#done) return;
    this.#done = true;
    this.#receiver.onEnd();
  }

  onResponseError(_: unknown, error: Error): void {
    if (this.#done) return;
    this.#done = true;
    this.#receiver.onFailure(error.message);
  }

  abort(): void {
    if (this.#done) return;
    this.#done = true;
    this.#controller?.abort(new Error('aborted'));
  }

  pause(): void {
    this.#controller?.pause();
  }

  resume(): void {
    this.#controller?.resume();
  }
}
