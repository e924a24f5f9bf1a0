import type { Clock, Randomness } from '../../../engine/ports.ts';
import type { BackoffBounds } from '../../../lib/backoff.ts';
import { arrayAt, isJsonObject, stringAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { retry } from '../../../lib/retry.ts';
import type { RetryOptions } from '../../../lib/retry.ts';
import type { KubeHttp } from '../connect/http-client.ts';
import type { OpenStream, StreamReceiver } from '../connect/stream-exchange.ts';
import type { Encoding } from './encoding.ts';
import { JSON_ENCODING } from './json-encoding.ts';
import { encodingOf } from './negotiation.ts';
import type { WatchEnd } from './watch-stream.ts';

/** What one paged list needs. */
export interface PagedListOptions {
  readonly http: KubeHttp;
  readonly clock: Clock;
  /** Path of the collection. */
  readonly path: string;
  /** Value of the Accept header. */
  readonly accept: string;
  /** Selectors, without `limit` and `continue`. */
  readonly query: Readonly<Record<string, string>>;
  readonly pageSize: number;
  /** A page without any byte for this long is given up. */
  readonly idleLimitMs: number;
  /** Between two attempts at one page. */
  readonly wait: (delayMs: number) => Promise<void>;
  readonly randomness: Randomness;
  /** Called with the items of each page; false ends the list. */
  readonly onPage: (items: readonly JsonObject[], bytes: number) => boolean;
}

export type PagedListEnd = { readonly kind: 'listed'; readonly version: string } | WatchEnd;

/** Bytes of one page that we are ready to hold. */
const MAX_PAGE_BYTES = 256 * 1024 * 1024;
/** About a minute in all: a token lives for some minutes. */
const PAGE_ATTEMPTS = 10;
const PAGE_BACKOFF: BackoffBounds = { minMs: 500, maxMs: 10_000 };
const MAX_RETRY_AFTER_MS = 30_000;

/**
 * Lists a collection in pages, consistently: no resourceVersion is sent, so the list is at least as new as the moment
 * it was asked for, whichever API server answers. A page that fails in passing is asked for again: to start over each
 * time that a busy server says 429 could take for ever. Never rejects.
 */
export async function listPages(options: PagedListOptions, isStopped: () => boolean): Promise<PagedListEnd> {
  let token = '';
  for (;;) {
    const page = token === '' ? await fetchPage(options, token) : await fetchStubbornly(options, token, isStopped);
    if (isStopped()) return { kind: 'broken', cause: 'stopped', message: '' };
    if (page.kind !== 'page') return page;
    const items = arrayAt(page.list, 'items').filter(isJsonObject);
    if (!options.onPage(items, page.bytes)) return { kind: 'broken', cause: 'corrupt', message: 'item without a name' };
    token = stringAt(page.list, ['metadata', 'continue']);
    if (token === '') return listed(page.list);
  }
}

/** The version that the collection has now, read consistently; undefined once stopped. Asks until it is answered. */
export async function newestVersion(
  options: Omit<PagedListOptions, 'onPage' | 'pageSize'>,
  isStopped: () => boolean,
): Promise<string | undefined> {
  const ask = async (): Promise<string> => {
    const page = await fetchPage({ ...options, pageSize: 1 }, '');
    return page.kind === 'page' ? stringAt(page.list, ['metadata', 'resourceVersion']) : '';
  };
  const version = await retry(ask, {
    ...pausing(options),
    pauseAfter: (answer) => (answer !== '' || isStopped() ? undefined : 0),
  });
  return version === '' ? undefined : version;
}

type Page = { readonly kind: 'page'; readonly list: JsonObject; readonly bytes: number };

function listed(list: JsonObject): PagedListEnd {
  const version = stringAt(list, ['metadata', 'resourceVersion']);
  if (version === '') return { kind: 'broken', cause: 'corrupt', message: 'list without a version' };
  return { kind: 'listed', version };
}

function fetchStubbornly(options: PagedListOptions, token: string, isStopped: () => boolean): Promise<Page | WatchEnd> {
  let left = PAGE_ATTEMPTS;
  const attempt = (): Promise<Page | WatchEnd> => {
    left -= 1;
    return fetchPage(options, token);
  };
  return retry(attempt, {
    ...pausing(options),
    pauseAfter: (page) => {
      if (page.kind === 'page' || isStopped() || left === 0 || !mayPass(page)) return undefined;
      return page.kind === 'refused' ? Math.min(page.retryAfterMs ?? 0, MAX_RETRY_AFTER_MS) : 0;
    },
  });
}

function pausing({ wait, randomness }: Pick<PagedListOptions, 'wait' | 'randomness'>): Pausing {
  return { bounds: PAGE_BACKOFF, fraction: () => randomness.fraction(), wait };
}

type Pausing = Pick<RetryOptions<unknown>, 'bounds' | 'fraction' | 'wait'>;

function mayPass(end: WatchEnd): boolean {
  if (end.kind === 'refused') return end.code === 429 || end.code >= 500;
  return end.cause === 'network' || end.cause === 'idle';
}

function fetchPage(options: Omit<PagedListOptions, 'onPage'>, token: string): Promise<Page | WatchEnd> {
  const query = new URLSearchParams({ ...options.query, limit: String(options.pageSize) });
  if (token !== '') query.set('continue', token);
  return new Promise((resolve) => {
    const receiver = new PageReceiver(options, resolve);
    receiver.open(`${options.path}?${query.toString()}`);
  });
}

class PageReceiver implements StreamReceiver {
  readonly #options: Omit<PagedListOptions, 'onPage'>;
  readonly #resolve: (page: Page | WatchEnd) => void;
  #stream: OpenStream | undefined;
  #cancelIdle: () => void = () => undefined;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #status = 0;
  #retryAfterMs: number | undefined;
  #encoding: Encoding = JSON_ENCODING;

  constructor(options: Omit<PagedListOptions, 'onPage'>, resolve: (page: Page | WatchEnd) => void) {
    this.#options = options;
    this.#resolve = resolve;
  }

  open(path: string): void {
    this.#armIdle();
    this.#stream = this.#options.http.stream(path, this, this.#options.accept);
  }

  onStart(status: number, retryAfterMs: number | undefined, contentType: string): void {
    this.#status = status;
    this.#encoding = encodingOf(contentType);
    this.#retryAfterMs = retryAfterMs;
  }

  onData(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > MAX_PAGE_BYTES) this.#giveUp('tooLong');
  }

  onEnd(): void {
    this.#cancelIdle();
    const list = this.#encoding.readObject(Buffer.concat(this.#chunks));
    if (this.#status !== 200) this.#resolve(this.#refusal(list));
    else if (list === undefined)
      this.#resolve({ kind: 'broken', cause: 'corrupt', message: 'the list cannot be read' });
    else this.#resolve({ kind: 'page', list, bytes: this.#bytes });
  }

  onFailure(message: string): void {
    this.#cancelIdle();
    this.#resolve({ kind: 'broken', cause: 'network', message });
  }

  #refusal(status: JsonObject | undefined): WatchEnd {
    const message = stringAt(status, ['message'], `HTTP ${this.#status}`);
    return { kind: 'refused', code: this.#status, retryAfterMs: this.#retryAfterMs, message };
  }

  #armIdle(): void {
    const { clock, idleLimitMs } = this.#options;
    const seen = this.#bytes;
    this.#cancelIdle = clock.after(idleLimitMs, () => {
      if (this.#bytes === seen) this.#giveUp('idle');
      else this.#armIdle();
    });
  }

  #giveUp(cause: 'idle' | 'tooLong'): void {
    this.#cancelIdle();
    this.#stream?.abort();
    this.#resolve({ kind: 'broken', cause, message: '' });
  }
}
