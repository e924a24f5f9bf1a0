import { setTimeout as sleep } from 'node:timers/promises';
import { GROUP_PLAN_ANNOTATION } from '../../../src/api/keys.ts';
import { JOBS, resourcePath } from '../../../src/api/resources.ts';
import { stringAt } from '../../../src/lib/json.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';
import { job } from './manifest.ts';

/** What became of the Jobs that were sent. */
export interface JobCounts {
  readonly sent: number;
  /** Stored with a plan. */
  readonly planned: number;
  readonly refused: number;
  /** Stored without one. */
  readonly unmanaged: number;
}

const PAUSE_MS = 20;

/** Creates one small Job after the other until it is ended, as users do who know nothing of a restart. */
export class JobStream {
  readonly #plane: ControlPlane;
  readonly #namespace: string;
  readonly #running: Promise<void>;
  #isOver = false;
  #counts: JobCounts = { sent: 0, planned: 0, refused: 0, unmanaged: 0 };

  constructor(plane: ControlPlane, namespace: string) {
    this.#plane = plane;
    this.#namespace = namespace;
    this.#running = this.#run();
  }

  get counts(): JobCounts {
    return this.#counts;
  }

  /** Waits for counts; the caller's time limit is the limit here. */
  async until(isEnough: (counts: JobCounts) => boolean): Promise<void> {
    while (!isEnough(this.#counts)) await sleep(PAUSE_MS);
  }

  async end(): Promise<JobCounts> {
    this.#isOver = true;
    await this.#running;
    return this.#counts;
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const { status, body } = await this.#plane.client.request(
        'POST',
        resourcePath(JOBS, this.#namespace),
        job(`streamed-${this.#counts.sent}`, 1),
      );
      const isPlanned = stringAt(body, ['metadata', 'annotations', GROUP_PLAN_ANNOTATION]) !== '';
      const outcome = status !== 201 ? 'refused' : isPlanned ? 'planned' : 'unmanaged';
      this.#counts = { ...this.#counts, sent: this.#counts.sent + 1, [outcome]: this.#counts[outcome] + 1 };
      await sleep(PAUSE_MS);
    }
  }
}
