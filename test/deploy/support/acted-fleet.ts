import { arrayAt, member, memberAt, numberAt, stringAt } from '../../../src/lib/json.ts';
import { freePort } from '../../control-plane/free-port.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';
import { componentOf } from '../../e2e/support/deploy/acted-installation.ts';
import { ActedPod } from '../../e2e/support/deploy/acted-pod.ts';
import { ServiceBalancer } from './service-balancer.ts';
import type { Backend } from './service-balancer.ts';

const IMAGE_FOLDER = '/opt/sluice';
/** Where pods that answer reviews listen, and so where an API server looks for them. */
const WEBHOOK_PORT = 9443;

interface FleetOptions {
  readonly plane: ControlPlane;
  readonly namespace: string;
  readonly node: string;
  /** The folder that has what is in the image of that name. */
  readonly contentOf: (image: string) => string;
}

/** A pod that is there for the cluster. */
interface Member {
  readonly name: string;
  readonly backend: Backend;
  readonly started: Promise<ActedPod | undefined>;
  isGone: boolean;
}

/**
 * Acts out all pods of a namespace side by side, each on ports of its own. All have the address of this machine, so what listens
 * there at the port of the webhooks hands new connections on to those that are ready and not on their way out, as endpoints do.
 */
export class ActedFleet {
  readonly #options: FleetOptions;
  readonly #balancer: ServiceBalancer;
  readonly #members = new Map<string, Member>();
  readonly #troubles: string[] = [];
  readonly #followed: Promise<void>;
  #isOver = false;

  private constructor(options: FleetOptions, balancer: ServiceBalancer) {
    this.#options = options;
    this.#balancer = balancer;
    this.#followed = this.#follow().catch((error: unknown) => this.#tell(error));
  }

  static async start(options: FleetOptions): Promise<ActedFleet> {
    return new ActedFleet(options, await ServiceBalancer.start([], { host: '0.0.0.0', port: WEBHOOK_PORT }));
  }

  /** Why pods could not be acted out; empty while all goes well. */
  get troubles(): readonly string[] {
    return this.#troubles;
  }

  /** The pod that tells of this port of operations. */
  podAt(operationsPort: number): string | undefined {
    return [...this.#members.values()].find(({ backend }) => backend.operationsPort === operationsPort)?.name;
  }

  /** Stops all processes; the watch ends with the control plane. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all([...this.#members.values()].map((one) => this.#remove(one)));
    await this.#balancer.stop();
    void this.#followed;
  }

  async #follow(): Promise<void> {
    const { plane, namespace } = this.#options;
    for await (const line of plane.client.lines(`/api/v1/namespaces/${namespace}/pods?watch=true`)) {
      const event: unknown = JSON.parse(line);
      const pod = member(event, 'object');
      const uid = stringAt(pod, ['metadata', 'uid']);
      const isLeaving =
        stringAt(event, ['type']) === 'DELETED' || memberAt(pod, 'metadata', 'deletionTimestamp') !== undefined;
      const known = this.#members.get(uid);
      if (isLeaving && known !== undefined) void this.#remove(known);
      else if (!isLeaving && known === undefined && !this.#isOver) this.#members.set(uid, await this.#added(pod));
    }
  }

  async #added(pod: unknown): Promise<Member> {
    const [container] = arrayAt(pod, 'spec', 'containers');
    const ports = new Map<number, number>();
    for (const one of arrayAt(container, 'ports')) ports.set(numberAt(one, ['containerPort'], 0), await freePort());
    const portOf = (name: string): number => {
      const found = arrayAt(container, 'ports').find((one) => stringAt(one, ['name']) === name);
      return ports.get(numberAt(found, ['containerPort'], 0)) ?? 0;
    };
    const content = this.#options.contentOf(stringAt(container, ['image']));
    const one: Member = {
      name: stringAt(pod, ['metadata', 'name']),
      backend: { port: portOf('webhook'), operationsPort: portOf('operations') },
      started: ActedPod.start({ ...this.#options, pod, ports, image: [IMAGE_FOLDER, content] }).catch(
        (error: unknown) => {
          if (!one.isGone) this.#tell(error);
          return undefined;
        },
      ),
      isGone: false,
    };
    if (componentOf(pod) === 'server') this.#balancer.add(one.backend);
    return one;
  }

  /** No new connections for it, and it is told to stop. */
  async #remove(one: Member): Promise<void> {
    if (one.isGone) return;
    one.isGone = true;
    this.#balancer.remove(one.backend);
    await (await one.started)?.stop();
  }

  #tell(error: unknown): void {
    if (!this.#isOver) this.#troubles.push(String(error));
  }
}
