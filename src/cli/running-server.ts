import { hostname } from 'node:os';
import { MessageChannel } from 'node:worker_threads';
import { builtInCertificates } from '../adapters/certificates.ts';
import { startOperationsServer } from '../adapters/http/operations-server.ts';
import type { OperationsServer } from '../adapters/http/operations-server.ts';
import type { LoadedCredentials } from '../adapters/kube/connect/credentials.ts';
import { mergeSnapshots } from '../adapters/metrics.ts';
import type { ThreadMetrics } from '../adapters/metrics.ts';
import type { NumberedPolicy } from '../config/policy-source.ts';
import { PODS, resourcePath } from '../api/resources.ts';
import { ConfigurationKeeper } from '../engine/admission/configuration-keeper.ts';
import type { ConfigurationKeeperOptions } from '../engine/admission/configuration-keeper.ts';
import { keepCertificates } from '../engine/certificates/certificate-keeper.ts';
import type { CertificateKeeper } from '../engine/certificates/certificate-keeper.ts';
import type { ServedNames, ServingMaterial } from '../engine/certificates/certificates.ts';
import type { ExplainAnswer, ExplainQuestion } from '../engine/cycle/explainer.ts';
import type { Clock, ClusterWriter, Logger } from '../engine/ports.ts';
import type { Cluster } from './cluster.ts';
import { configurationsOf, installKinds, serviceName } from './install.ts';
import { rowsFor } from './admission-rows.ts';
import { probeWebhook } from './self-probe.ts';
import type { ServeOptions } from './serve-options.ts';
import { SetupError } from './setup-error.ts';
import { whoAmI } from './who-am-i.ts';
import { WorkerHandle } from './worker-handle.ts';
import type { EngineStart, WebhookStart } from './worker-link.ts';

export interface ServerContext {
  readonly options: ServeOptions;
  readonly policy: NumberedPolicy;
  readonly credentials: LoadedCredentials;
  readonly cluster: Cluster;
  readonly writer: ClusterWriter;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: ThreadMetrics;
}

/** One process of Sluice from its first write to its last: kinds, certificates, roles, and the webhook configurations last. */
export class RunningServer {
  readonly #context: ServerContext;
  readonly #ended = Promise.withResolvers<number>();
  readonly #workers: WorkerHandle[] = [];
  /** Webhook and engine talk directly; the main thread only hands out the two ends. */
  readonly #link = new MessageChannel();
  #certificates: CertificateKeeper | undefined;
  #configurations: ConfigurationKeeper | undefined;
  #operations: OperationsServer | undefined;
  #isStarted = false;
  #isEnding = false;

  constructor(context: ServerContext) {
    this.#context = context;
  }

  /** Resolves with the exit code once everything has ended. A role that fails ends the process, so that another takes over. */
  async run(): Promise<number> {
    const onSignal = (): void => this.#ended.resolve(0);
    for (const signal of SIGNALS) process.once(signal, onSignal);
    // Started by another program over a channel: its end is ours, also when it came before we listened.
    process.once('disconnect', onSignal);
    if (process.send !== undefined && !process.connected) onSignal();
    try {
      const started = this.#start();
      await Promise.race([started, this.#ended.promise]);
      const code = await this.#ended.promise;
      this.#isEnding = true;
      await Promise.race([
        started.catch(() => undefined),
        new Promise((resolve) => setTimeout(resolve, UNWIND_MS).unref()),
      ]);
      return code;
    } finally {
      for (const signal of SIGNALS) process.off(signal, onSignal);
      process.off('disconnect', onSignal);
      await this.#stop();
    }
  }

  async #start(): Promise<void> {
    const { options, cluster, log } = this.#context;
    this.#operations = await this.#startOperations();
    if (options.install) await installKinds(cluster, options.namespace);
    if (options.roles.has('scheduler') || options.roles.has('controllers')) this.#startEngine();
    const material = options.roles.has('webhook') ? await this.#startWebhook() : undefined;
    await Promise.all(this.#workers.map((worker) => worker.until(() => worker.problem === undefined)));
    if (material !== undefined) await this.#register(material);
    this.#isStarted = true;
    log.info('ready', { operations: `http://127.0.0.1:${this.#operations.port}`, roles: [...options.roles].join(',') });
    if (process.connected) process.send?.({ kind: 'ready', operationsPort: this.#operations.port });
  }

  /** First of all: whoever looks is told that we live, and what is missing until we are ready. */
  #startOperations(): Promise<OperationsServer> {
    const { options } = this.#context;
    const starting = { name: 'start', problem: () => (this.#isStarted ? undefined : 'is under way') };
    return startOperationsServer({
      // In a pod the kubelet probes from outside; anywhere else nobody needs to.
      host: options.kubeconfig === '' ? EVERY_ADDRESS : '127.0.0.1',
      port: options.operationsPort,
      metricsText: () => this.#metricsText(),
      explain: (question) => this.#explain(question),
      checks: () => [starting, ...this.#workers.map(({ name, problem }) => ({ name, problem: () => problem }))],
    }).catch((error: unknown) => {
      throw new SetupError(`cannot listen on --operations-port ${options.operationsPort}: ${String(error)}`);
    });
  }

  #startEngine(): void {
    const { options, policy } = this.#context;
    const toWebhook = options.roles.has('webhook') ? this.#link.port1 : undefined;
    this.#workers.push(
      this.#worker('engine', {
        isScheduler: options.roles.has('scheduler'),
        isController: options.roles.has('controllers'),
        policy,
        policySource: options.policySource,
        settingPlaces: settingPlaces(options),
        namespace: options.namespace,
        identity: `${hostname()}_${crypto.randomUUID()}`,
        operations: this.#operationsAddress(),
        lease: options.lease,
        logLevel: options.logLevel,
        toWebhook,
      }),
    );
  }

  /** In a pod through the API server, which knows who asks; anywhere else on this machine alone. */
  #operationsAddress(): string {
    const { kubeconfig, namespace } = this.#context.options;
    const port = this.#operations?.port ?? 0;
    if (kubeconfig !== '') return `http://127.0.0.1:${port}`;
    return resourcePath(PODS, namespace, `http:${hostname()}:${port}`, 'proxy');
  }

  #explain(question: ExplainQuestion): Promise<ExplainAnswer> {
    const engine = this.#workers.find((worker) => worker.name === 'engine');
    return engine?.explain(question) ?? Promise.resolve({ kind: 'notLeading' });
  }

  async #startWebhook(): Promise<ServingMaterial> {
    const { options, writer, clock, log } = this.#context;
    const first = Promise.withResolvers<ServingMaterial>();
    this.#certificates = keepCertificates({
      writer,
      maker: builtInCertificates,
      namespace: options.namespace,
      names: servedNames(options),
      clock,
      log,
      checkEveryMs: options.certificateCheckMs,
      onChange: (material) => {
        first.resolve(material);
        if (this.#configurations !== undefined) void this.#rotate(this.#configurations, material);
      },
    });
    const material = await first.promise;
    const ownUser = await whoAmI(this.#context.cluster);
    const worker = this.#worker('webhook', {
      host: listenAddress(options),
      port: options.webhookPort,
      material,
      ownUser,
      admissionConfigMap: admissionConfigMap(options),
      failurePolicy: options.failurePolicy,
      rights: options.rights,
      neverFits: options.neverFits,
      drainMs: options.drainMs,
      logLevel: options.logLevel,
      toEngine: this.#workers.some(({ name }) => name === 'engine') ? this.#link.port2 : undefined,
    });
    worker.onServed = () => this.#configurations?.renew();
    this.#workers.push(worker);
    return material;
  }

  #worker(name: 'webhook' | 'engine', start: ConstructorParameters<typeof WorkerHandle>[2]): WorkerHandle {
    return new WorkerHandle(name, this.#context.credentials, start, (message) => {
      if (!this.#isStarted) {
        this.#ended.reject(new SetupError(message));
        return;
      }
      this.#context.log.error('a role ended', { message });
      this.#ended.resolve(1);
    });
  }

  /** End to end first: what the API server will reach has to answer before it is told to ask. */
  async #register(material: ServingMaterial): Promise<void> {
    const { options, writer, clock, log } = this.#context;
    if (this.#isEnding) return;
    const serverName = servedNames(options).dnsNames[0] ?? 'localhost';
    await probeWebhook(this.#webhookWorker()?.port ?? options.webhookPort, serverName, material);
    if (this.#isEnding) return;
    const ownUser = await whoAmI(this.#context.cluster);
    const isCompatible = options.volcano !== undefined;
    const keeper = new ConfigurationKeeper({
      writer,
      clock,
      log,
      build: (caBundle) =>
        configurationsOf(options, rowsFor(this.#webhookWorker()?.served ?? [], isCompatible), ownUser, caBundle),
      keeps: keptOf(options),
    });
    await keeper.register(bundleOf(material));
    this.#configurations = keeper;
  }

  /** The API server trusts the new authority, and the one before still, by the time that somebody serves with it. */
  async #rotate(keeper: ConfigurationKeeper, material: ServingMaterial): Promise<void> {
    await keeper.register(bundleOf(material));
    this.#webhookWorker()?.order({ kind: 'material', material });
  }

  #webhookWorker(): WorkerHandle | undefined {
    return this.#workers.find((worker) => worker.name === 'webhook');
  }

  async #metricsText(): Promise<string> {
    const snapshots = await Promise.all([
      this.#context.metrics.snapshot(),
      ...this.#workers.map((worker) => worker.metrics()),
    ]);
    return mergeSnapshots(snapshots);
  }

  /**
   * The webhook configurations stay: whoever stops us mostly starts us again, and what is created meanwhile is to be
   * refused rather than to slip past.
   */
  async #stop(): Promise<void> {
    this.#certificates?.stop();
    this.#configurations?.stop();
    if (this.#configurations !== undefined && this.#context.options.install)
      this.#context.log.info(CONFIGURATIONS_STAY);
    const hardStop = setTimeout(() => process.exit(1), this.#context.options.drainMs + HARD_STOP_MS);
    await Promise.all(this.#workers.map((worker) => worker.stop()));
    clearTimeout(hardStop);
    await this.#operations?.stop();
  }
}

function admissionConfigMap({ namespace, volcano }: ServeOptions): WebhookStart['admissionConfigMap'] {
  return volcano && { namespace, name: volcano.admissionConfigMap };
}

function keptOf({ install, keepsWebhooks }: ServeOptions): ConfigurationKeeperOptions['keeps'] {
  if (install) return 'whole';
  return keepsWebhooks ? 'entries' : 'bundle';
}

function settingPlaces({ namespace, volcano }: ServeOptions): EngineStart['settingPlaces'] {
  return (
    volcano && {
      sharding: { namespace, name: volcano.shardingConfigMap },
      discovery: { namespace, name: volcano.controllerConfigMap },
    }
  );
}

function bundleOf(material: ServingMaterial): string {
  return Buffer.from(material.bundlePem).toString('base64');
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const CONFIGURATIONS_STAY =
  'the webhook configurations stay: opted-in namespaces take no new work until Sluice serves again; sluice uninstall removes them';
/** Of IPv4 and IPv6, where the machine has both. */
const EVERY_ADDRESS = '';
/** A start that was interrupted gets this long to come to its end before everything is stopped under it. */
const UNWIND_MS = 3000;
const HARD_STOP_MS = 10_000;

/** A URL on loopback is for an API server on this machine: nobody else gets to speak to us then. */
function listenAddress({ webhookUrl }: ServeOptions): string {
  if (webhookUrl?.hostname === '[::1]') return '::1';
  return webhookUrl !== undefined && /^(127\..*|localhost)$/.test(webhookUrl.hostname) ? '127.0.0.1' : EVERY_ADDRESS;
}

/** Names under which the API server reaches the webhooks. */
function servedNames(options: ServeOptions): ServedNames {
  const { namespace, webhookUrl } = options;
  const name = serviceName(options);
  const service = `${name}.${namespace}`;
  const dnsNames = [`${service}.svc`, `${service}.svc.cluster.local`, service, name, 'localhost'];
  const host = webhookUrl?.hostname ?? '127.0.0.1';
  const isAddress = /^[\d.]+$/.test(host) || host.startsWith('[');
  return {
    dnsNames: isAddress ? dnsNames : [...dnsNames, host],
    ipAddresses: isAddress ? [...new Set([host.replaceAll(/[[\]]/g, ''), '127.0.0.1'])] : ['127.0.0.1'],
  };
}
