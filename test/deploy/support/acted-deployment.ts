import { stringAt, memberAt, member } from '../../../src/lib/json.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';
import { ActedPod } from '../../e2e/support/deploy/acted-pod.ts';

/** What the pods of a Deployment run on. */
export interface ActedDeploymentOptions {
  readonly plane: ControlPlane;
  readonly namespace: string;
  readonly node: string;
  readonly image: readonly [path: string, folder: string];
}

/**
 * Acts out every pod of a namespace, the newest alone: all of them would listen on the same ports of this machine. So an
 * update stops the old process before the new one starts, where a cluster would have both.
 */
export class ActedDeployment {
  readonly #options: ActedDeploymentOptions;
  #pod: ActedPod | undefined;
  #isOver = false;
  #trouble = '';

  constructor(options: ActedDeploymentOptions) {
    this.#options = options;
    this.#follow().catch((error: unknown) => (this.#trouble = this.#isOver ? '' : String(error)));
  }

  /** The end of what the process printed, or why there is none. */
  log(): string {
    return `${this.#trouble}${this.#pod?.log() ?? ''}`;
  }

  /** Stops the process; the watch ends with the control plane. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#pod?.stop();
  }

  async #follow(): Promise<void> {
    const { plane, namespace } = this.#options;
    const path = `/api/v1/namespaces/${namespace}/pods?watch=true`;
    for await (const line of plane.client.lines(path)) {
      const event: unknown = JSON.parse(line);
      const pod = member(event, 'object');
      const isNew =
        stringAt(event, ['type']) === 'ADDED' && memberAt(pod, 'metadata', 'deletionTimestamp') === undefined;
      if (!isNew || this.#isOver) continue;
      await this.#pod?.stop();
      this.#pod = await ActedPod.start({ ...this.#options, pod });
    }
  }
}
