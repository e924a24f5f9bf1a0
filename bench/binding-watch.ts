import type { OpenStream, StreamReceiver } from '../src/adapters/kube/connect/stream-exchange.ts';
import { FrameSplitter } from '../src/adapters/kube/protobuf/frame-splitter.ts';
import { acceptHeader } from '../src/adapters/kube/read/negotiation.ts';
import { sharedNowMs } from './clock.ts';
import type { RequestClient } from './request-client.ts';

/** How each frame of an added pod begins: the text of its first field. */
const ADDED = Buffer.from('\n\u0005ADDED');
const MAX_EVENT_BYTES = 1024 * 1024;
const MAX_BREAKS = 100;

/**
 * Counts pods as they get a node. The field selector makes the server send each pod once, when its node is set, so the
 * count needs no parsing. It is a watch in protobuf, since one in JSON would cost the server some of what is measured.
 * A watch that falls behind is closed by the server; a new one begins with all that are bound.
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
  #frames = new FrameSplitter(MAX_EVENT_BYTES);

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
    this.#frames = new FrameSplitter(MAX_EVENT_BYTES);
    const receiver: StreamReceiver = {
      onStart: (status, _, contentType) => this.#start(status, contentType),
      onData: (chunk) => this.#take(chunk),
      onEnd: () => this.#again('the server ended the watch'),
      onFailure: (message) => this.#again(message),
    };
    this.#stream = this.#client.watch(this.#path, receiver, acceptHeader(true));
  }

  #start(status: number, contentType: string): void {
    if (status !== 200) this.#fail(`the watch was answered with ${status}`);
    else if (!contentType.includes('protobuf')) this.#fail(`the watch was answered in ${contentType}`);
    else this.#open.resolve();
  }

  #take(chunk: Buffer): void {
    const fits = this.#frames.push(chunk, (frame) => {
      if (frame.subarray(0, ADDED.length).equals(ADDED)) this.#seen += 1;
      return true;
    });
    if (!fits) this.#fail('an event is longer than any pod');
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
