import { member, memberAt, stringAt } from '../../../src/lib/json.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';
import { componentOf } from '../../e2e/support/deploy/acted-installation.ts';
import { ActedPod } from '../../e2e/support/deploy/acted-pod.ts';

/** What the pods of the Deployments run on. */
interface ActedDeploymentsOptions {
  readonly plane: ControlPlane;
  readonly namespace: string;
  readonly node: string;
  readonly image: readonly [path: string, folder: string];
}

/**
 * Acts out the pods of a namespace, of each Deployment the newest alone: all of them would listen on the same ports of this
 * machine. So an update stops the old process before the new one starts, where a cluster would have both.
 */
export class ActedDeployments {
  readonly #options: ActedDeploymentsOptions;
  /** Of each Deployment the newest, from when the one before has stopped. */
  readonly #newest = new Map<string, Promise<void>>();
  readonly #running = new Map<string, ActedPod>();
  #isOver = false;
  #trouble = '';

  constructor(options: ActedDeploymentsOptions) {
    this.#options = options;
    this.#follow().catch((error: unknown) => this.#tell(error));
  }

  /** The ends of what the processes printed, or why there are none. */
  log(): string {
    return [this.#trouble, ...[...this.#running.values()].map((pod) => pod.log())].join('\n');
  }

  /** Stops the processes; the watch ends with the control plane. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all([...this.#running.values()].map((pod) => pod.stop()));
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
      const component = componentOf(pod);
      const before = this.#newest.get(component);
      // Deployments beside one another: each waits for what the other does.
      this.#newest.set(
        component,
        (before ?? Promise.resolve())
          .then(() => this.#replace(component, pod))
          .catch((error: unknown) => this.#tell(error)),
      );
    }
  }

  async #replace(component: string, pod: unknown): Promise<void> {
    await this.#running.get(component)?.stop();
    if (!this.#isOver) this.#running.set(component, await ActedPod.start({ ...this.#options, pod }));
  }

  #tell(error: unknown): void {
    this.#trouble = this.#isOver ? '' : String(error);
  }
}
