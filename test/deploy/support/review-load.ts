import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { PODS, resourcePath } from '../../../src/api/resources.ts';
import { stringAt } from '../../../src/lib/json.ts';
import type { KubeClient } from '../../control-plane/kube-client.ts';
import { pod } from '../../e2e/support/manifest.ts';
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
  readonly #running: Promise<unknown>;
  #stamped = 0;
  #isOver = false;

  constructor(client: PersistentClient, namespace: string) {
    this.#client = client;
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
      const { status, body } = await this.#client.request('POST', this.#path, pod('asked'));
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
