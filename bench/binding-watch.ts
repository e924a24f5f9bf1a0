import { sharedNowMs } from './clock.ts';
import type { RequestClient } from './request-client.ts';

const NEWLINE = 0x0a;
const ADDED = Buffer.from('{"type":"ADDED"');

/**
 * Counts pods as they get a node. The field selector makes the server send each pod once, when its node is set, so the
 * count needs no parsing; a pod that is deleted or changed later is of no interest.
 */
export class BindingWatch {
  readonly #wanted: number;
  readonly #open = Promise.withResolvers<void>();
  readonly #complete = Promise.withResolvers<number>();
  readonly #stop: () => void;
  #seen = 0;
  #tail = Buffer.alloc(0);

  constructor(client: RequestClient, namespace: string, wanted: number) {
    this.#wanted = wanted;
    const path = `/api/v1/namespaces/${namespace}/pods?watch=true&fieldSelector=spec.nodeName!%3D`;
    const stream = client.watch(path, {
      onStart: (status) => (status === 200 ? this.#open.resolve() : this.#break(`the watch was answered with ${status}`)),
      onData: (chunk) => this.#take(chunk),
      onEnd: () => this.#break('the server ended the watch'),
      onFailure: (message) => this.#break(message),
    });
    this.#stop = () => stream.abort();
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
    this.#stop();
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

  #break(message: string): void {
    const error = new Error(`bindings cannot be counted any more: ${message}`);
    this.#open.reject(error);
    this.#complete.reject(error);
    this.#complete.promise.catch(() => undefined);
  }
}
