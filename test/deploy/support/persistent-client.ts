import { setTimeout as sleep } from 'node:timers/promises';
import { stringAt } from '../../../src/lib/json.ts';
import type { KubeClient, KubeResponse, Method } from '../../control-plane/kube-client.ts';

/** How requests fared. */
export interface RequestFigures {
  answered: number;
  /** Tries that the API server refused because it could not call a webhook. */
  broken: number;
  /** The most that one request needed. */
  mostTries: number;
  /** The longest that one waited for its answer, with all of its tries. */
  longestMs: number;
}

const AGAIN_MS = 100;

/** Asks once more, as controllers do, where the API server could not call a webhook; everything else is an answer. */
export class PersistentClient {
  readonly figures: RequestFigures = { answered: 0, broken: 0, mostTries: 0, longestMs: 0 };
  readonly #client: KubeClient;

  constructor(client: KubeClient) {
    this.#client = client;
  }

  async request(method: Method, path: string, body?: unknown): Promise<KubeResponse> {
    const begunMs = performance.now();
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#client.request(method, path, body);
      if (!isBroken(answer)) {
        this.#count(tries, performance.now() - begunMs);
        return answer;
      }
      this.figures.broken += 1;
      await sleep(AGAIN_MS);
    }
  }

  #count(tries: number, tookMs: number): void {
    const { figures } = this;
    figures.answered += 1;
    figures.mostTries = Math.max(figures.mostTries, tries);
    figures.longestMs = Math.max(figures.longestMs, Math.round(tookMs));
  }
}

function isBroken({ status, body }: KubeResponse): boolean {
  return status === 500 && stringAt(body, ['message']).includes('failed calling webhook');
}
