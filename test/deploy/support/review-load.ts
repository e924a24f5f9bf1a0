import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { QUEUE_NAME_LABEL } from '../../../src/api/keys.ts';
import { PODS, resourcePath } from '../../../src/api/resources.ts';
import { stringAt } from '../../../src/lib/json.ts';
import type { KubeClient } from '../../control-plane/kube-client.ts';
import { pod } from '../../e2e/support/manifest.ts';
import type { Manifest } from '../../e2e/support/manifest.ts';
import { PersistentClient } from './persistent-client.ts';
import type { RequestFigures } from './persistent-client.ts';

const REVIEWERS = 4;
/** Answers that are waited for after the work that they go along with. */
const AFTERWARDS = 20;

/** Reviews that are asked for without a pause, by several at a time. */
export class ReviewLoad {
  /** Pods that were refused, or got past the webhooks. */
  readonly wrong: string[] = [];
  readonly #client: PersistentClient;
  readonly #path: string;
  readonly #asked: Manifest;
  readonly #running: Promise<unknown>;
  #stamped = 0;
  #isOver = false;

  /** The queue is named where somebody asks who may not do everything: then his right is asked for, too. */
  constructor(client: PersistentClient, namespace: string, queue?: string) {
    this.#client = client;
    this.#asked = queue === undefined ? pod('asked') : pod('asked', { labels: { [QUEUE_NAME_LABEL]: queue } });
    this.#path = `${resourcePath(PODS, namespace)}?dryRun=All`;
    this.#running = Promise.all(Array.from({ length: REVIEWERS }, () => this.#askUntilOver()));
  }

  /** Asks for some more, and ends. */
  async end(): Promise<RequestFigures> {
    const before = this.#stamped;
    while (this.#stamped < before + AFTERWARDS && this.wrong.length === 0) await sleep(20);
    this.#isOver = true;
    await this.#running;
    return this.#client.figures;
  }

  async #askUntilOver(): Promise<void> {
    while (!this.#isOver) {
      const { status, body } = await this.#client.request('POST', this.#path, this.#asked);
      const scheduler = stringAt(body, ['spec', 'schedulerName']);
      if (status === 201 && scheduler === 'sluice') this.#stamped += 1;
      else this.wrong.push(`${status} ${scheduler}${stringAt(body, ['message'])}`);
    }
  }
}

/** The work goes on while reviews are asked for, and none of them is refused or slips past. */
export async function underReviews(
  plain: KubeClient,
  namespace: string,
  work: (client: PersistentClient) => Promise<void>,
): Promise<RequestFigures> {
  const client = new PersistentClient(plain);
  const load = new ReviewLoad(client, namespace);
  try {
    await work(client);
  } finally {
    await load.end();
  }
  expect(load.wrong).to.deep.equal([]);
  return client.figures;
}
