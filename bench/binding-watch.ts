import type { OpenStream } from '../src/adapters/kube/connect/stream-exchange.ts';
import { sharedNowMs } from './clock.ts';
import type { RequestClient } from './request-client.ts';

const NEWLINE = 0x0a;
const ADDED = Buffer.from('{"type":"ADDED"');
const MAX_BREAKS = 100;

/**
 * Counts pods as they get a node. The field selector makes the server send each pod once, when its node is set, so the
 * count needs no parsing. A watch that falls behind is closed by the server; a new one begins with all that are bound.
 */
export class BindingWatch {
  readonly #client: RequestClient;
  readonly #path: string;
  readonly #wanted: number;
  readonly #open = Promise.withResolvers<void>();
  readonly #complete = Promise.withResolvers<number>();
  #stream: OpenStream | undefined;
  #seen = 0;
  #breaks = 0;
  #tail: Buffer = Buffer.alloc(0);

  constructor(client: RequestClient, namespace: string, wanted: number) {
    this.#client = client;
    this.#path = `/api/v1/namespaces/${namespace}/pods?watch=true&fieldSelector=spec.nodeName!%3D`;
    this.#wanted = wanted;
    this.#complete.promise.catch(() => undefined);
    this.#watch();
  }

  /** Resolves once the server has answered. */
  get open(): Promise<void> {
    return this.#open.promise;
  }

  /** Resolves with the time of the last wanted binding, as seen here. */
  get complete(): Promise<number> {
    return this.#complete.promise;
  }

  get seen(): number {
    return this.#seen;
  }

  stop(): void {
    this.#stream?.abort();
  }

  #watch(): void {
    this.#seen = 0;
    this.#tail = Buffer.alloc(0);
    this.#stream = this.#client.watch(this.#path, {
      onStart: (status) =>
        status === 200 ? this.#open.resolve() : this.#fail(`the watch was answered with ${status}`),
      onData: (chunk) => this.#take(chunk),
      onEnd: () => this.#again('the server ended the watch'),
      onFailure: (message) => this.#again(message),
    });
  }

  #take(chunk: Buffer): void {
    const bytes = this.#tail.length === 0 ? chunk : Buffer.concat([this.#tail, chunk]);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
      if (bytes.subarray(start, start + ADDED.length).equals(ADDED)) this.#seen += 1;
      start = end + 1;
    }
    this.#tail = bytes.subarray(start);
    if (this.#seen >= this.#wanted) this.#complete.resolve(sharedNowMs());
  }

  #again(message: string): void {
    this.#breaks += 1;
    if (this.#breaks > MAX_BREAKS) this.#fail(message);
    else this.#watch();
  }

  #fail(message: string): void {
    const error = new Error(`bindings cannot be counted: ${message}`);
    this.#open.reject(error);
    this.#complete.reject(error);
  }
}
