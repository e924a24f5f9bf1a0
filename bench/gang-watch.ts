import type { OpenStream, StreamReceiver } from '../src/adapters/kube/connect/stream-exchange.ts';
import { LineSplitter } from '../src/adapters/kube/read/line-splitter.ts';
import { memberAt, stringAt } from '../src/lib/json.ts';
import type { JsonValue } from '../src/lib/json.ts';
import type { RequestClient } from './request-client.ts';

const MAX_EVENT_BYTES = 1024 * 1024;
const NAMES_AND_LABELS = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';

/** What a gang has at the moment. */
interface Gang {
  readonly bound: Set<string>;
  wasWhole: boolean;
}

/** Who hears of gangs. */
export interface GangListener {
  /** All pods of the gang have a node, for the first time. */
  onWhole(gang: string): void;
  /** A pod that had a node is gone. */
  onGone(gang: string): void;
}

/** Follows which pods of which gangs have a node. Names and labels alone: what it costs the server is the same for all. */
export class GangWatch {
  readonly #client: RequestClient;
  readonly #path: string;
  readonly #podsPerGang: number;
  readonly #listener: GangListener;
  readonly #gangs = new Map<string, Gang>();
  #lines = new LineSplitter(MAX_EVENT_BYTES);
  readonly #failed = Promise.withResolvers<never>();
  readonly #open = Promise.withResolvers<void>();
  #stream: OpenStream | undefined;
  /** Resource version of the newest event: a server that ends a slow watch goes on from there. */
  #seen = '';

  constructor(client: RequestClient, namespace: string, podsPerGang: number, listener: GangListener) {
    this.#client = client;
    this.#path = `/api/v1/namespaces/${namespace}/pods?watch=true&fieldSelector=spec.nodeName!%3D`;
    this.#podsPerGang = podsPerGang;
    this.#listener = listener;
    this.#failed.promise.catch(() => undefined);
  }

  /** Rejects when the watch breaks: the run is void then. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  /** Resolves once the server has answered. */
  start(): Promise<void> {
    this.#watch();
    return this.#open.promise;
  }

  stop(): void {
    this.#stream?.abort();
  }

  #watch(): void {
    this.#lines = new LineSplitter(MAX_EVENT_BYTES);
    const receiver: StreamReceiver = {
      onStart: (status) => {
        if (status === 200) this.#open.resolve();
        else this.#fail(`the watch was answered with ${status}`);
      },
      onData: (chunk) => {
        const fits = this.#lines.push(chunk, (line) => this.#take(JSON.parse(line)));
        if (!fits) this.#fail('an event is longer than any pod');
      },
      onEnd: () => this.#watch(),
      onFailure: (message) => this.#fail(message),
    };
    this.#stream = this.#client.watch(`${this.#path}&resourceVersion=${this.#seen}`, receiver, NAMES_AND_LABELS);
  }

  /** Gangs of which some pods have a node and others not. */
  get broken(): number {
    return [...this.#gangs.values()].filter(({ bound }) => bound.size > 0 && bound.size < this.#podsPerGang).length;
  }

  #take(event: JsonValue): boolean {
    const type = stringAt(event, ['type']);
    if (type === 'ERROR') {
      this.#fail(stringAt(event, ['object', 'message']));
      return false;
    }
    this.#seen = stringAt(event, ['object', 'metadata', 'resourceVersion'], this.#seen);
    this.#note(type, memberAt(event, 'object'));
    return true;
  }

  #note(type: string, pod: JsonValue | undefined): void {
    const name = stringAt(pod, ['metadata', 'name']);
    const gang = stringAt(pod, ['metadata', 'labels', 'gang']);
    if (type === 'DELETED') {
      if (this.#gangs.get(gang)?.bound.delete(name) === true) this.#listener.onGone(gang);
      return;
    }
    let known = this.#gangs.get(gang);
    if (known === undefined) this.#gangs.set(gang, (known = { bound: new Set(), wasWhole: false }));
    known.bound.add(name);
    if (known.wasWhole || known.bound.size < this.#podsPerGang) return;
    known.wasWhole = true;
    this.#listener.onWhole(gang);
  }

  #fail(message: string): void {
    const error = new Error(`gangs cannot be followed: ${message}`);
    this.#open.reject(error);
    this.#failed.reject(error);
  }
}
