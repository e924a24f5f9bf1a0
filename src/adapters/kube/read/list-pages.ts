import type { Clock, Randomness } from '../../../engine/ports.ts';
import type { BackoffBounds } from '../../../lib/backoff.ts';
import { stringAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { retry } from '../../../lib/retry.ts';
import type { RetryOptions } from '../../../lib/retry.ts';
import type { KubeHttp } from '../connect/http-client.ts';
import type { OpenStream, StreamReceiver } from '../connect/stream-exchange.ts';
import type { ListFault, ListReader, ListReceiver } from './encoding.ts';
import { encodingOf } from './negotiation.ts';
import { RefusedAnswer } from './refusal.ts';
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
  /** Called with each item; false ends the list. */
  readonly onItem: (item: JsonObject) => boolean;
  /** Called after each chunk, with its size. */
  readonly onChunk?: (bytes: number) => void;
}

export type PagedListEnd = { readonly kind: 'listed'; readonly version: string } | WatchEnd;

/** Bytes of one page that we are ready to hold: all of it in JSON, one item in protobuf. */
const MAX_HELD_BYTES = 256 * 1024 * 1024;
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
  let isOver = false;
  const isUnwanted = (): boolean => isOver || isStopped();
  const wanted = { ...options, onItem: (item: JsonObject): boolean => !isUnwanted() && options.onItem(item) };
  try {
    let page = openPage(wanted, '', isUnwanted);
    for (;;) {
      const token = await page.next;
      // One ahead: the server puts it together while this one is read.
      const ahead = token === '' || isStopped() ? undefined : openPage(wanted, token, isUnwanted);
      const end = await page.end;
      if (isStopped()) return { kind: 'broken', cause: 'stopped', message: '' };
      if (end.kind !== 'page') return end;
      if (ahead === undefined) return listed(end);
      page = ahead;
    }
  } finally {
    isOver = true;
  }
}

/** The version that the collection has now, read consistently; undefined once stopped. Asks until it is answered. */
export async function newestVersion(
  options: Omit<PagedListOptions, 'onItem' | 'pageSize'>,
  isStopped: () => boolean,
): Promise<string | undefined> {
  const ask = async (): Promise<string> => {
    const page = await fetchPage({ ...options, pageSize: 1, onItem: () => true }, '');
    return page.kind === 'page' ? page.version : '';
  };
  const version = await retry(ask, {
    ...pausing(options),
    pauseAfter: (answer) => (answer !== '' || isStopped() ? undefined : 0),
  });
  return version === '' ? undefined : version;
}

interface Page {
  readonly kind: 'page';
  readonly version: string;
}

/** A page that is asked for. */
interface OpenPage {
  /** Token of the page after it as soon as it is known; empty where there is none, or it is never told. */
  readonly next: Promise<string>;
  readonly end: Promise<Page | WatchEnd>;
}

function listed({ version }: Page): PagedListEnd {
  if (version === '') return { kind: 'broken', cause: 'corrupt', message: 'list without a version' };
  return { kind: 'listed', version };
}

function openPage(options: PagedListOptions, token: string, isStopped: () => boolean): OpenPage {
  const next = Promise.withResolvers<string>();
  const attempt = (): Promise<Page | WatchEnd> => fetchPage(options, token, next.resolve);
  const end = token === '' ? attempt() : fetchStubbornly(attempt, options, isStopped);
  void end.then(() => next.resolve(''));
  return { next: next.promise, end };
}

function fetchStubbornly(
  fetch: () => Promise<Page | WatchEnd>,
  options: PagedListOptions,
  isStopped: () => boolean,
): Promise<Page | WatchEnd> {
  let left = PAGE_ATTEMPTS;
  const attempt = (): Promise<Page | WatchEnd> => {
    left -= 1;
    return fetch();
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

function fetchPage(
  options: PagedListOptions,
  token: string,
  onNext: (token: string) => void = () => undefined,
): Promise<Page | WatchEnd> {
  const query = new URLSearchParams({ ...options.query, limit: String(options.pageSize) });
  if (token !== '') query.set('continue', token);
  return new Promise((resolve) => {
    const receiver = new PageReceiver(options, onNext, resolve);
    receiver.open(`${options.path}?${query.toString()}`);
  });
}

class PageReceiver implements StreamReceiver, ListReceiver {
  readonly #options: PagedListOptions;
  readonly #onNext: (token: string) => void;
  readonly #resolve: (page: Page | WatchEnd) => void;
  #stream: OpenStream | undefined;
  #cancelIdle: () => void = () => undefined;
  #bytes = 0;
  #version = '';
  #list: ListReader | undefined;
  #refusal: RefusedAnswer | undefined;

  constructor(options: PagedListOptions, onNext: (token: string) => void, resolve: (page: Page | WatchEnd) => void) {
    this.#options = options;
    this.#onNext = onNext;
    this.#resolve = resolve;
  }

  open(path: string): void {
    this.#armIdle();
    this.#stream = this.#options.http.stream(path, this, this.#options.accept);
  }

  onStart(status: number, retryAfterMs: number | undefined, contentType: string): void {
    if (status === 200) this.#list = encodingOf(contentType).openList(MAX_HELD_BYTES, this);
    else this.#refusal = new RefusedAnswer(status, retryAfterMs, contentType);
  }

  onData(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#list === undefined) {
      this.#refusal?.take(chunk);
      return;
    }
    const fault = this.#list.push(chunk);
    this.#options.onChunk?.(chunk.length);
    if (fault !== undefined) this.#giveUp(fault);
  }

  takeHead(metadata: JsonObject): void {
    this.#version = stringAt(metadata, ['resourceVersion']);
    this.#onNext(stringAt(metadata, ['continue']));
  }

  takeItem(item: JsonObject): boolean {
    return this.#options.onItem(item);
  }

  onEnd(): void {
    this.#cancelIdle();
    if (this.#refusal !== undefined) this.#resolve(this.#refusal.end());
    else if (this.#list?.end() === true) this.#resolve({ kind: 'page', version: this.#version });
    else this.#resolve({ kind: 'broken', cause: 'corrupt', message: UNREADABLE });
  }

  onFailure(message: string): void {
    this.#cancelIdle();
    this.#resolve({ kind: 'broken', cause: 'network', message });
  }

  #armIdle(): void {
    const { clock, idleLimitMs } = this.#options;
    const seen = this.#bytes;
    this.#cancelIdle = clock.after(idleLimitMs, () => {
      if (this.#bytes === seen) this.#giveUp('idle');
      else this.#armIdle();
    });
  }

  #giveUp(cause: ListFault | 'idle'): void {
    this.#cancelIdle();
    this.#stream?.abort();
    this.#resolve({ kind: 'broken', cause, message: cause === 'corrupt' ? UNREADABLE : '' });
  }
}

const UNREADABLE = 'the list cannot be read, or an item of it has no name';
