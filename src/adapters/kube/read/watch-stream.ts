import type { Clock } from '../../../engine/ports.ts';
import { isJsonObject, member, numberAt, stringAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import type { KubeHttp } from '../connect/http-client.ts';
import { LineSplitter } from './line-splitter.ts';
import type { OpenStream, StreamReceiver } from '../connect/stream-exchange.ts';

export type WatchEventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';

/** Why a watch (or a list) came to its end. */
export type WatchEnd =
  /** The stream broke or was broken off: what was seen stays true, the watch resumes after it. */
  | { readonly kind: 'broken'; readonly cause: BreakCause; readonly message: string }
  /** The server refused, by HTTP status or by an ERROR event. */
  | {
      readonly kind: 'refused';
      readonly code: number;
      readonly retryAfterMs: number | undefined;
      readonly message: string;
    };

export type BreakCause = 'closed' | 'network' | 'idle' | 'corrupt' | 'tooLong' | 'unsupported' | 'stopped';

/** What one watch needs. */
export interface WatchOptions {
  readonly http: KubeHttp;
  readonly clock: Clock;
  readonly path: string;
  readonly idleLimitMs: number;
  readonly maxLineBytes: number;
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
  return new LineWatch(options);
}

const MAX_ERROR_BODY = 4096;

class LineWatch implements WatchStream, StreamReceiver {
  readonly end: Promise<WatchEnd>;
  readonly #options: WatchOptions;
  readonly #splitter: LineSplitter;
  readonly #onLine = (line: string): boolean => this.#takeLine(line);
  #resolve: (end: WatchEnd) => void = () => undefined;
  readonly #stream: OpenStream | undefined;
  #cancelIdle: () => void = () => undefined;
  #lastByteMs: number;
  #refusal: { code: number; retryAfterMs: number | undefined; body: string } | undefined;
  #isOpen = false;
  #isOver = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#splitter = new LineSplitter(options.maxLineBytes);
    this.end = new Promise((resolve) => (this.#resolve = resolve));
    this.#lastByteMs = options.clock.monotonicMs();
    this.#armIdle(options.idleLimitMs);
    this.#stream = options.http.stream(options.path, this);
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

  onStart(status: number, retryAfterMs: number | undefined): void {
    this.#lastByteMs = this.#options.clock.monotonicMs();
    this.#isOpen = status === 200;
    if (!this.#isOpen) this.#refusal = { code: status, retryAfterMs, body: '' };
  }

  onData(chunk: Buffer): void {
    if (this.#isOver) return;
    this.#lastByteMs = this.#options.clock.monotonicMs();
    if (this.#refusal !== undefined) {
      if (this.#refusal.body.length < MAX_ERROR_BODY) this.#refusal.body += chunk.toString('utf8');
      return;
    }
    const fits = this.#splitter.push(chunk, this.#onLine);
    this.#options.onChunk(chunk.length);
    if (!fits) this.stop('tooLong');
  }

  onEnd(): void {
    if (this.#refusal === undefined) this.#finish({ kind: 'broken', cause: 'closed', message: '' });
    else this.#finish(refusalOf(this.#refusal));
  }

  onFailure(message: string): void {
    if (this.#refusal === undefined) this.#finish({ kind: 'broken', cause: 'network', message });
    else this.#finish(refusalOf(this.#refusal));
  }

  #takeLine(line: string): boolean {
    const event = parseEvent(line);
    if (event === undefined) {
      this.#finish({ kind: 'broken', cause: 'corrupt', message: line.slice(0, 80) });
    } else if (event.type === 'ERROR') {
      this.#finish(errorEventEnd(event.object));
    } else {
      const cause = this.#options.onEvent(event.type, event.object);
      if (cause !== undefined) this.stop(cause);
    }
    return !this.#isOver;
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

function parseEvent(line: string): { type: WatchEventType | 'ERROR'; object: JsonObject } | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const type = member(parsed, 'type');
  const object = member(parsed, 'object');
  if (!isJsonObject(object)) return undefined;
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
    case 'BOOKMARK':
    case 'ERROR':
      return { type, object };
    default:
      return undefined;
  }
}

/** 410 is what matters; anything else leaves the version usable. */
function errorEventEnd(status: JsonObject): WatchEnd {
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

function refusalOf(refusal: { code: number; retryAfterMs: number | undefined; body: string }): WatchEnd {
  let message = refusal.body.slice(0, 300);
  try {
    message = stringAt(JSON.parse(refusal.body), ['message'], message);
  } catch {
    // A proxy in between may answer with anything.
  }
  return { kind: 'refused', code: refusal.code, retryAfterMs: refusal.retryAfterMs, message };
}
