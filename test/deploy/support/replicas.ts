import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OPERATIONS_ANNOTATION } from '../../../src/api/keys.ts';
import { apiVersion, ENDPOINT_SLICES, LEASES, resourcePath } from '../../../src/api/resources.ts';
import { stringAt } from '../../../src/lib/json.ts';
import { ROOT } from '../../../tools/run-node.ts';
import { freePort } from '../../control-plane/free-port.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';
import { NAME, NAMESPACE, WEBHOOK_ACCOUNT } from '../../../tools/deploy/settings.ts';
import { writeAccountKubeconfigs } from '../../e2e/support/accounts/account-kubeconfigs.ts';
import { ACCOUNTS, kubeconfigOf } from '../../e2e/support/accounts/installation.ts';
import { applied } from '../../e2e/support/manifest.ts';
import { SluiceProcess } from '../../e2e/support/sluice-process.ts';
import { ServiceBalancer } from './service-balancer.ts';
import type { Backend } from './service-balancer.ts';

/** Longer than a Service takes to see that a replica does not want new connections. */
const DRAIN_SECONDS = 3;
const POLL_MS = 20;

/** How replicas are started. */
interface ReplicaOptions {
  /** Who answer reviews, and read only. */
  readonly webhooks: number;
  /** Who write; one of them leads. */
  readonly schedulers: number;
  readonly leaseSeconds: number;
  /** More of the command line. */
  readonly args?: readonly string[];
}

/** A replica, and the ports that all its processes have, one after the other. */
interface Place extends Backend {
  readonly isWebhook: boolean;
  process: SluiceProcess;
}

/**
 * The processes of an installation: webhooks that only read behind one address, as pods are behind their Service, and schedulers that
 * write for them. They are numbered, webhooks first; who ends is started again.
 */
export class Replicas {
  /** The last words of those that ended although nobody asked for it. */
  readonly ownEnds: string[] = [];
  /** How many webhooks, and how many of both. */
  readonly webhooks: number;
  readonly count: number;
  readonly balancer: ServiceBalancer;
  readonly #plane: ControlPlane;
  readonly #options: ReplicaOptions;
  readonly #places: Place[];

  private constructor(
    plane: ControlPlane,
    options: ReplicaOptions,
    ports: readonly Backend[],
    balancer: ServiceBalancer,
  ) {
    this.webhooks = options.webhooks;
    this.count = ports.length;
    this.balancer = balancer;
    this.#plane = plane;
    this.#options = options;
    this.#places = ports.map((backend, at) => {
      const isWebhook = at < options.webhooks;
      return { ...backend, isWebhook, process: this.#launched(backend, isWebhook) };
    });
  }

  /** Installs what stands around them, and starts them without waiting. */
  static async launch(plane: ControlPlane, options: ReplicaOptions): Promise<Replicas> {
    await prepare(plane);
    const ports: Backend[] = [];
    for (let at = 0; at < options.webhooks + options.schedulers; at += 1)
      ports.push({ port: await freePort(), operationsPort: await freePort() });
    const balancer = await ServiceBalancer.start(ports.slice(0, options.webhooks));
    return new Replicas(plane, options, ports, balancer);
  }

  /** Until all webhooks get new connections; nobody has to have filled the configurations in. */
  async untilServing(): Promise<void> {
    await Promise.all(this.#places.filter(({ isWebhook }) => isWebhook).map(({ process }) => process.ready()));
    while (this.balancer.readyCount < this.webhooks) await sleep(POLL_MS);
  }

  /** Until all webhooks get new connections and the schedulers are ready, too; the Service is seen to lead somewhere from then on. */
  async untilReady(): Promise<void> {
    for (;;) {
      for (const [at, { process }] of this.#places.entries()) {
        if (process.isRunning) continue;
        this.ownEnds.push(process.log());
        this.#restart(at);
      }
      await this.untilServing();
      await applied(this.#plane, endpoints());
      await Promise.all(this.#places.map(({ process }) => process.ready()));
      if (this.balancer.readyCount === this.webhooks) return;
      await sleep(POLL_MS);
    }
  }

  /** Which one holds the Lease, by the operations port that it tells. */
  async leader(): Promise<number> {
    for (;;) {
      const { body } = await this.#plane.client.request('GET', resourcePath(LEASES, NAMESPACE, 'sluice'));
      const address = stringAt(body, ['metadata', 'annotations', OPERATIONS_ANNOTATION]);
      const at = this.#places.findIndex(({ operationsPort }) => address.endsWith(`:${operationsPort}`));
      if (at >= 0 && stringAt(body, ['spec', 'holderIdentity']) !== '') return at;
      await sleep(POLL_MS);
    }
  }

  /** SIGTERM; resolves with how it ended, once its successor was started. */
  async drain(at: number): Promise<number | string> {
    const how = await this.#at(at).process.stop();
    this.#restart(at);
    return how;
  }

  /** SIGKILL; resolves once its successor was started. */
  async kill(at: number): Promise<void> {
    await this.#at(at).process.kill();
    this.#restart(at);
  }

  /** Freezes it for longer than a lease; one that led finds out that it has lost it, and its engine is started again. */
  async pause(at: number, ms: number, isLeader: boolean): Promise<void> {
    const frozen = this.#at(at).process;
    process.kill(frozen.pid, 'SIGSTOP');
    await sleep(ms);
    process.kill(frozen.pid, 'SIGCONT');
    if (isLeader) await Promise.race([frozen.printed('the lead is lost'), frozen.ended]);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#places.map(({ process }) => process.stop()));
    await this.balancer.stop();
  }

  #at(at: number): Place {
    const place = this.#places[at];
    if (place === undefined) throw new Error(`there is no replica ${at}`);
    return place;
  }

  #restart(at: number): void {
    const place = this.#at(at);
    place.process = this.#launched(place, place.isWebhook);
  }

  #launched({ port, operationsPort }: Backend, isWebhook: boolean): SluiceProcess {
    const { leaseSeconds, args = [] } = this.#options;
    const duties = isWebhook ? ['--read-only', '--webhook-port', String(port)] : ['--keep-webhooks'];
    return SluiceProcess.launch({
      kubeconfig: kubeconfigOf(this.#plane.kubeconfigPath, isWebhook ? WEBHOOK_ACCOUNT : NAME),
      roles: isWebhook ? 'webhook' : 'scheduler,controllers',
      webhookPort: this.balancer.port,
      leaseSeconds,
      args: [...duties, '--operations-port', String(operationsPort), '--drain-seconds', String(DRAIN_SECONDS), ...args],
    });
  }
}

/**
 * What the manifests make, for processes that find it there: kinds, their namespace, webhook configurations without entries, and accounts
 * with their rights, since who only reads lets nobody but the other account write what is Sluice's.
 */
async function prepare(plane: ControlPlane): Promise<void> {
  await plane.kubectl(['apply', '--server-side', '-k', join(ROOT, 'manifests/crds')]);
  await plane.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
  const empty = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'].map((kind) => ({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind,
    metadata: { name: 'sluice' },
  }));
  const accounts = ACCOUNTS.map((name) => ({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name, namespace: NAMESPACE },
  }));
  await applied(plane, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }, ...empty, ...accounts);
  await plane.kubectl(['apply', '--server-side', '-k', join(ROOT, 'manifests/rbac')]);
  await writeAccountKubeconfigs(plane.kubeconfigPath, NAMESPACE, async (args) => (await plane.kubectl(args)).stdout);
}

/** The Service of the webhooks leads to a pod that is ready. */
function endpoints(): object {
  return {
    apiVersion: apiVersion(ENDPOINT_SLICES),
    kind: ENDPOINT_SLICES.kind,
    metadata: { name: 'webhooks', namespace: NAMESPACE, labels: { 'kubernetes.io/service-name': 'sluice-webhook' } },
    addressType: 'IPv4',
    endpoints: [{ addresses: ['192.0.2.1'], conditions: { ready: true } }],
    ports: [],
  };
}
