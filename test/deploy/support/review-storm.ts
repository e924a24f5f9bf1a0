import { setTimeout as sleep } from 'node:timers/promises';
import { ReviewConnection } from '../../../bench/review-connection.ts';
import { httpRequest, REVIEW_KINDS, reviewBody } from '../../../bench/webhook-review.ts';
import type { JsonObject } from '../../../src/lib/json.ts';
import type { KubeClient } from '../../control-plane/kube-client.ts';
import { trustedPem } from '../../e2e/support/trusted-bundle.ts';
import type { ServiceBalancer } from './service-balancer.ts';

/** How the reviews of a storm fared. */
export interface StormFigures {
  /** With the verdict that was expected. */
  answered: number;
  /** Without one, after some tries; or whoever answered was not trusted, or said something else. */
  failed: number;
  /** Tries that broke before there was an answer, and were made again. */
  retried: number;
  /** New connections, each with a handshake. */
  connections: number;
  longestMs: number;
}

/** Where reviews go, and who asks for them. */
export interface StormOptions {
  readonly client: KubeClient;
  readonly balancer: Pick<ServiceBalancer, 'next'>;
  readonly namespace: string;
}

interface PreparedReview {
  readonly bytes: Buffer;
  readonly uid: string;
}

/** As the API server's client has them open when so many ask at a time. */
const CONNECTIONS = 24;
/** A broken try is made again, by who asks: nobody waits for more than that. */
const MOST_TRIES = 5;
const AGAIN_MS = 100;
/** As the API server gives up after. */
const PATIENCE_MS = 10_000;
/** About how late an API server learns of a new bundle. */
const LOOK_MS = 250;
const VARIANTS = 64;

/**
 * Reviews of pods that are created, straight to the replicas, as an API server sends them: over connections that stay open,
 * new ones by turns to who is ready, trusting the bundle that the configurations carry and nobody else.
 */
export class ReviewStorm {
  readonly figures: StormFigures = { answered: 0, failed: 0, retried: 0, connections: 0, longestMs: 0 };
  /** Of the first reviews that failed. */
  readonly failures: string[] = [];
  readonly #options: StormOptions;
  readonly #reviews: readonly PreparedReview[];
  #bundlePem = '';
  #asked = 0;
  #isOver = false;

  constructor(options: StormOptions) {
    this.#options = options;
    this.#reviews = Array.from({ length: VARIANTS }, (_, at) => prepared(at, options.namespace));
  }

  /** Asks without a pause until somebody says that it is enough. */
  async run(isEnough: (figures: StormFigures) => boolean): Promise<void> {
    this.#bundlePem = await trustedPem(this.#options.client);
    const following = this.#followBundle();
    const askers = Array.from({ length: CONNECTIONS }, () => this.#askUntil(isEnough));
    await Promise.all(askers);
    this.#isOver = true;
    await following;
  }

  async #followBundle(): Promise<void> {
    while (!this.#isOver) {
      await sleep(LOOK_MS);
      const found = await trustedPem(this.#options.client);
      if (found !== '') this.#bundlePem = found;
    }
  }

  async #askUntil(isEnough: (figures: StormFigures) => boolean): Promise<void> {
    const line = new Line();
    while (!isEnough(this.figures)) {
      const review = this.#reviews[(this.#asked += 1) % VARIANTS];
      if (review !== undefined) await this.#review(line, review);
    }
    line.close();
  }

  async #review(line: Line, { bytes, uid }: PreparedReview): Promise<void> {
    const begunMs = performance.now();
    let broken = '';
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      try {
        await this.#connect(line);
        const { status, body } = await line.ask(bytes);
        const isRight = status === 200 && body.includes('"allowed":true') && body.includes(uid);
        if (isRight) this.figures.answered += 1;
        else this.#fail(`${status} ${body.slice(0, 300)}`);
        this.figures.longestMs = Math.max(this.figures.longestMs, Math.round(performance.now() - begunMs));
        return;
      } catch (error) {
        line.close();
        broken = String(error);
        // Whom nobody trusts is wrong at the first try.
        if (/certificate|self-signed|issuer/i.test(broken)) break;
        this.figures.retried += 1;
        await sleep(AGAIN_MS);
      }
    }
    this.#fail(broken);
  }

  /** Who was asked under another bundle is asked over a new connection, as by an API server. */
  async #connect(line: Line): Promise<void> {
    if (line.isOpen && line.bundlePem === this.#bundlePem) return;
    line.close();
    const backend = this.#options.balancer.next();
    if (backend === undefined) throw new Error('no replica is ready');
    this.figures.connections += 1;
    await line.open(backend.port, this.#bundlePem);
  }

  #fail(message: string): void {
    this.figures.failed += 1;
    if (this.failures.length < 5) this.failures.push(message);
  }
}

/** One who asks: a connection, and what is waited for on it. */
class Line {
  bundlePem = '';
  #connection: ReviewConnection | undefined;
  #waiting: PromiseWithResolvers<{ readonly status: number; readonly body: string }> | undefined;

  get isOpen(): boolean {
    return this.#connection !== undefined;
  }

  async open(port: number, bundlePem: string): Promise<void> {
    this.bundlePem = bundlePem;
    const opened = await ReviewConnection.open(port, bundlePem, {
      onAnswer: (status, body, isLast) => {
        this.#waiting?.resolve({ status, body });
        if (isLast) this.close();
      },
      onBroken: (message) => {
        if (opened !== this.#connection) return;
        this.#connection = undefined;
        this.#waiting?.reject(new Error(message));
      },
    });
    this.#connection = opened;
  }

  /** The answer; rejects when the connection breaks before, or nothing comes for too long. */
  async ask(bytes: Buffer): Promise<{ readonly status: number; readonly body: string }> {
    const waiting = Promise.withResolvers<{ readonly status: number; readonly body: string }>();
    this.#waiting = waiting;
    const timer = setTimeout(() => waiting.reject(new Error('no answer in time')), PATIENCE_MS);
    this.#connection?.send(bytes);
    try {
      return await waiting.promise;
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    connection?.close();
  }
}

/** A pod of nobody's, for which a group is planned. */
function prepared(at: number, namespace: string): PreparedReview {
  const kind = REVIEW_KINDS[at % REVIEW_KINDS.length] ?? REVIEW_KINDS[0];
  const review = JSON.parse(reviewBody(kind, 'bare', at)) as { readonly request: JsonObject };
  const body = JSON.stringify({ ...review, request: { ...review.request, namespace } });
  const uid = /"uid":"([^"]+)"/.exec(body)?.[1] ?? '';
  return { bytes: httpRequest(body, '/mutate/mutate-pods'), uid: `"uid":"${uid}"` };
}
