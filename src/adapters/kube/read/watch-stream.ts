import type { Clock } from '../../../engine/ports.ts';
import { numberAt, stringAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { KubeHttp } from '../connect/http-client.ts';
import type { OpenStream, StreamReceiver } from '../connect/stream-exchange.ts';
import type { EventReader, EventReceiver, WatchEventType } from './encoding.ts';
import { encodingOf } from './negotiation.ts';
import { RefusedAnswer } from './refusal.ts';
import type { RefusedEnd } from './refusal.ts';

/** Why a watch (or a list) came to its end. */
export type WatchEnd =
  /** The stream broke or was broken off: what was seen stays true, the watch resumes after it. */
  { readonly kind: 'broken'; readonly cause: BreakCause; readonly message: string } | RefusedEnd;

export type BreakCause = 'closed' | 'network' | 'idle' | 'corrupt' | 'tooLong' | 'unsupported' | 'renewed' | 'stopped';

/** What one watch needs. */
export interface WatchOptions {
  readonly http: KubeHttp;
  readonly clock: Clock;
  readonly path: string;
  /** Value of the Accept header. */
  readonly accept: string;
  readonly idleLimitMs: number;
  readonly maxEventBytes: number;
  /** Called when the server has answered with 200. */
  readonly onOpen: () => void;
  /** Takes one event; a cause ends the watch. */
  readonly onEvent: (type: WatchEventType, object: JsonObject) => BreakCause | undefined;
  /** Called after each chunk, with its size. */
  readonly onChunk: (bytes: number) => void;
}

/** One running watch request. */
export interface WatchStream {
  /** Settles once, when the watch is over for whatever reason; never rejects. */
  readonly end: Promise<WatchEnd>;
  /** The server has answered with 200. */
  readonly isOpen: boolean;
  stop(cause: BreakCause): void;
  pause(): void;
  resume(): void;
}

/** Starts a watch request. */
export function openWatch(options: WatchOptions): WatchStream {
  return new Watch(options);
}

class Watch implements WatchStream, StreamReceiver, EventReceiver {
  readonly end: Promise<WatchEnd>;
  readonly #options: WatchOptions;
  #resolve: (end: WatchEnd) => void = () => undefined;
  readonly #stream: OpenStream | undefined;
  #cancelIdle: () => void = () => undefined;
  #lastByteMs: number;
  #events: EventReader | undefined;
  #refusal: RefusedAnswer | undefined;
  #isOpen = false;
  #isOver = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.end = new Promise((resolve) => (this.#resolve = resolve));
    this.#lastByteMs = options.clock.monotonicMs();
    this.#armIdle(options.idleLimitMs);
    this.#stream = options.http.stream(options.path, this, options.accept);
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  stop(cause: BreakCause): void {
    this.#finish({ kind: 'broken', cause, message: '' });
  }

  pause(): void {
    this.#stream?.pause();
  }

  resume(): void {
    this.#stream?.resume();
  }

  onStart(status: number, retryAfterMs: number | undefined, contentType: string): void {
    this.#lastByteMs = this.#options.clock.monotonicMs();
    this.#isOpen = status === 200;
    if (!this.#isOpen) {
      this.#refusal = new RefusedAnswer(status, retryAfterMs, contentType);
      return;
    }
    this.#events = encodingOf(contentType).openEvents(this.#options.maxEventBytes, this);
    this.#options.onOpen();
  }

  onData(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#lastByteMs = this.#options.clock.monotonicMs();
    if (this.#refusal !== undefined) {
      this.#refusal.take(chunk);
      return;
    }
    const fits = this.#events?.push(chunk) ?? true;
    this.#options.onChunk(chunk.length);
    if (!fits) this.stop('tooLong');
  }

  takeEvent(type: WatchEventType | 'ERROR', object: JsonObject): boolean {
    if (type === 'ERROR') {
      this.#finish(errorEventEnd(object));
      return false;
    }
    const cause = this.#options.onEvent(type, object);
    if (cause !== undefined) this.stop(cause);
    return !this.#isOver;
  }

  takeUnreadable(excerpt: string): void {
    this.#finish({ kind: 'broken', cause: 'corrupt', message: excerpt });
  }

  onEnd(): void {
    if (this.#refusal === undefined) this.#finish({ kind: 'broken', cause: 'closed', message: '' });
    else this.#finish(this.#refusal.end());
  }

  onFailure(message: string): void {
    if (this.#refusal === undefined) this.#finish({ kind: 'broken', cause: 'network', message });
    else this.#finish(this.#refusal.end());
  }

  /** One timer that looks again when bytes came meanwhile, instead of one that is set anew for every chunk. */
  #armIdle(delayMs: number): void {
    this.#cancelIdle = this.#options.clock.after(delayMs, () => {
      const quietMs = this.#options.clock.monotonicMs() - this.#lastByteMs;
      if (quietMs >= this.#options.idleLimitMs) this.stop('idle');
      else this.#armIdle(this.#options.idleLimitMs - quietMs);
    });
  }

  #finish(end: WatchEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelIdle();
    this.#stream?.abort();
    this.#resolve(end);
  }
}

/** 410 is what matters; anything else leaves the version usable. */
function errorEventEnd(status: JsonObject): RefusedEnd {
  const reason = stringAt(status, ['reason']);
  const isGone = reason === 'Expired' || reason === 'Gone';
  const seconds = numberAt(status, ['details', 'retryAfterSeconds'], 0);
  return {
    kind: 'refused',
    code: isGone ? 410 : numberAt(status, ['code'], 500),
    retryAfterMs: seconds > 0 ? seconds * 1000 : undefined,
    message: stringAt(status, ['message'], 'ERROR event'),
  };
}
