import { setTimeout as sleep } from 'node:timers/promises';
import { OPERATIONS_ANNOTATION } from '../../../src/api/keys.ts';
import { LEASES, resourcePath } from '../../../src/api/resources.ts';
import { stringAt } from '../../../src/lib/json.ts';
import { freePort } from '../../control-plane/free-port.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';
import { SluiceProcess } from '../../e2e/support/sluice-process.ts';
import { ServiceBalancer } from './service-balancer.ts';
import type { Backend } from './service-balancer.ts';

/** Longer than a Service takes to see that a replica does not want new connections. */
const DRAIN_SECONDS = 3;
const POLL_MS = 20;

/** How replicas are started. */
interface ReplicaOptions {
  readonly count: number;
  readonly leaseSeconds: number;
  /** That of the checkout unless said otherwise. */
  readonly program?: string;
  /** More of the command line. */
  readonly args?: readonly string[];
}

/** Processes of all roles behind one address, as the Deployment's pods are behind their Service; who ends is started again. */
export class Replicas {
  /** The last words of those that ended although nobody asked for it. */
  readonly ownEnds: string[] = [];
  /** What is started from now on; undefined for that of the checkout. */
  program: string | undefined;
  readonly #plane: ControlPlane;
  readonly #options: ReplicaOptions;
  readonly #backends: readonly Backend[];
  readonly #balancer: ServiceBalancer;
  readonly #processes: SluiceProcess[];

  private constructor(
    plane: ControlPlane,
    options: ReplicaOptions,
    backends: readonly Backend[],
    balancer: ServiceBalancer,
  ) {
    this.program = options.program;
    this.#plane = plane;
    this.#options = options;
    this.#backends = backends;
    this.#balancer = balancer;
    this.#processes = backends.map((backend) => this.#launched(backend));
  }

  /** Starts them without waiting. */
  static async launch(plane: ControlPlane, options: ReplicaOptions): Promise<Replicas> {
    const backends: Backend[] = [];
    for (let at = 0; at < options.count; at += 1)
      backends.push({ port: await freePort(), operationsPort: await freePort() });
    return new Replicas(plane, options, backends, await ServiceBalancer.start(backends));
  }

  /** Who decides where new connections go. */
  get balancer(): Pick<ServiceBalancer, 'next'> {
    return this.#balancer;
  }

  get count(): number {
    return this.#backends.length;
  }

  /** Until all of them get new connections. */
  async untilReady(): Promise<void> {
    for (;;) {
      for (const [at, process] of this.#processes.entries()) {
        if (process.isRunning) continue;
        this.ownEnds.push(process.log());
        this.#restart(at);
      }
      await Promise.all(this.#processes.map((process) => process.ready()));
      if (this.#balancer.readyCount === this.count) return;
      await sleep(POLL_MS);
    }
  }

  /** Which one holds the Lease, by the operations port that it tells. */
  async leader(): Promise<number> {
    for (;;) {
      const { body } = await this.#plane.client.request('GET', resourcePath(LEASES, 'sluice-system', 'sluice'));
      const address = stringAt(body, ['metadata', 'annotations', OPERATIONS_ANNOTATION]);
      const at = this.#backends.findIndex(({ operationsPort }) => address.endsWith(`:${operationsPort}`));
      if (at >= 0 && stringAt(body, ['spec', 'holderIdentity']) !== '') return at;
      await sleep(POLL_MS);
    }
  }

  /** SIGTERM; resolves with how it ended, once its successor was started. */
  async drain(at: number): Promise<number | string> {
    const how = await this.#at(at).stop();
    this.#restart(at);
    return how;
  }

  /** SIGKILL; resolves once its successor was started. */
  async kill(at: number): Promise<void> {
    await this.#at(at).kill();
    this.#restart(at);
  }

  /** Freezes it for longer than a lease; one that led finds out that it has lost it, and its engine is started again. */
  async pause(at: number, ms: number, isLeader: boolean): Promise<void> {
    const frozen = this.#at(at);
    process.kill(frozen.pid, 'SIGSTOP');
    await sleep(ms);
    process.kill(frozen.pid, 'SIGCONT');
    if (isLeader) await Promise.race([frozen.printed('the lead is lost'), frozen.ended]);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#processes.map((process) => process.stop()));
    await this.#balancer.stop();
  }

  #at(at: number): SluiceProcess {
    const process = this.#processes[at];
    if (process === undefined) throw new Error(`there is no replica ${at}`);
    return process;
  }

  #restart(at: number): void {
    const backend = this.#backends[at];
    if (backend !== undefined) this.#processes[at] = this.#launched(backend);
  }

  #launched({ port, operationsPort }: Backend): SluiceProcess {
    const { leaseSeconds, args = [] } = this.#options;
    const ports = ['--webhook-port', String(port), '--operations-port', String(operationsPort)];
    return SluiceProcess.launch({
      kubeconfig: this.#plane.kubeconfigPath,
      ...(this.program === undefined ? {} : { program: this.program }),
      install: true,
      webhookPort: this.#balancer.port,
      leaseSeconds,
      args: [...ports, '--drain-seconds', String(DRAIN_SECONDS), ...args],
    });
  }
}
