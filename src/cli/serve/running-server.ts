import { hostname } from 'node:os';
import { collectGarbage } from '../../adapters/collect-garbage.ts';
import { startOperationsServer } from '../../adapters/http/operations-server.ts';
import type { OperationsServer, ReadinessCheck } from '../../adapters/http/operations-server.ts';
import type { LoadedCredentials } from '../../adapters/kube/connect/credentials.ts';
import { mergeSnapshots } from '../../adapters/metrics.ts';
import type { ThreadMetrics } from '../../adapters/metrics.ts';
import type { NumberedPolicy } from '../../config/policy-source.ts';
import { ownAccount } from '../../api/access.ts';
import { PODS, resourcePath } from '../../api/resources.ts';
import type { ExplainAnswer, ExplainQuestion } from '../../engine/cycle/explainer.ts';
import type { Clock, ClusterWriter, Logger } from '../../engine/ports.ts';
import type { KeyKeeper } from '../../engine/submitters/key-keeper.ts';
import { NO_KEYS } from '../../engine/submitters/key-ring.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { EngineThread } from './engine-thread.ts';
import { EVERY_ADDRESS, listenAddress, servedNames } from './serving-address.ts';
import type { ServingCertificates } from './serving-certificates.ts';
import { probeWebhook } from './self-probe.ts';
import { makesCertificates, registersOthers } from './duties.ts';
import type { ServeOptions } from './serve-options.ts';
import { followSubmitterKeys } from './submitter-key-feed.ts';
import { isServed } from './service-look.ts';
import { SetupError } from '../setup-error.ts';
import { whoAmI } from '../cluster/who-am-i.ts';
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
  #engine: EngineThread | undefined;
  #webhook: WorkerHandle | undefined;
  #certificates: ServingCertificates | undefined;
  #operations: OperationsServer | undefined;
  #submitterKeys: KeyKeeper | undefined;
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
    const installed = Promise.withResolvers<void>();
    if (options.roles.has('scheduler') || options.roles.has('controllers') || options.isReadOnly)
      this.#engine = this.#startEngine(installed.promise);
    if (options.install) await installOwnKinds(cluster, options.namespace);
    const submitterKeys = await this.#followSubmitterKeys();
    installed.resolve();
    if (options.roles.has('webhook')) await this.#startWebhook(submitterKeys);
    if (registersOthers(options)) await this.#keepForOthers();
    // While the engine reads the cluster, which takes the most memory that this process ever needs.
    collectGarbage();
    const webhook = this.#webhook;
    await Promise.all([this.#engine?.ready(), webhook?.until(() => webhook.problem === undefined)]);
    await (registersOthers(options) ? this.#registerOthers() : this.#register());
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
      checks: () => [starting, ...this.#roleChecks()],
    }).catch((error: unknown) => {
      throw new SetupError(`cannot listen on --operations-port ${options.operationsPort}: ${String(error)}`);
    });
  }

  #roleChecks(): readonly ReadinessCheck[] {
    const [engine, webhook] = [this.#engine, this.#webhook];
    return [
      ...(engine === undefined ? [] : [{ name: 'engine', problem: () => engine.problem }]),
      ...(webhook === undefined ? [] : [{ name: 'webhook', problem: () => webhook.problem }]),
    ];
  }

  /** Work goes on without keys: who is not signed for is not verified. */
  async #followSubmitterKeys(): Promise<KeyKeeper> {
    const keys = followSubmitterKeys(this.#context, (ring) => {
      for (const worker of [this.#engine?.worker, this.#webhook]) worker?.order({ kind: 'submitterKeys', ring });
    });
    this.#submitterKeys = keys;
    await keys.looked;
    return keys;
  }

  #startEngine(mayBegin: Promise<void>): EngineThread {
    const { options, policy } = this.#context;
    return new EngineThread({
      ...this.#context,
      start: {
        isScheduler: options.roles.has('scheduler'),
        isController: options.roles.has('controllers'),
        isObserver: options.isReadOnly,
        policy,
        policySource: options.policySource,
        speaksVolcano: options.volcano !== undefined,
        settingPlaces: settingPlaces(options),
        namespace: options.namespace,
        operations: this.#operationsAddress(),
        lease: options.lease,
        logLevel: options.logLevel,
      },
      submitterKeys: () => this.#submitterKeys?.ring ?? NO_KEYS,
      mayBegin,
      hasWebhook: options.roles.has('webhook'),
      onServed: () => {
        // A webhook beside it tells of its own.
        if (registersOthers(options)) this.#certificates?.renew();
      },
      onFatal: (message) => this.#onFatal(message),
    });
  }

  /** In a pod through the API server, which knows who asks; anywhere else on this machine alone. */
  #operationsAddress(): string {
    const { kubeconfig, namespace } = this.#context.options;
    const port = this.#operations?.port ?? 0;
    if (kubeconfig !== '') return `http://127.0.0.1:${port}`;
    return resourcePath(PODS, namespace, `http:${hostname()}:${port}`, 'proxy');
  }

  #explain(question: ExplainQuestion): Promise<ExplainAnswer> {
    return this.#engine?.worker.explain(question) ?? Promise.resolve({ kind: 'notLeading' });
  }

  async #startWebhook(submitterKeys: KeyKeeper): Promise<void> {
    const { options, cluster } = this.#context;
    // What others write is theirs, by their name.
    const ownUser = options.isReadOnly ? ownAccount(options.namespace) : await whoAmI(cluster);
    const certificates = await openCertificates({
      ...this.#context,
      ownUser,
      served: () => this.#webhook?.served ?? [],
      onServe: (material, judgedMs) => this.#webhook?.order({ kind: 'material', material, judgedMs }),
    });
    this.#certificates = certificates;
    const { material, judgedMs } = await certificates.first;
    // Who makes the certificate for others has made the keys before it.
    if (submitterKeys.ring.signer === '') await submitterKeys.check();
    const webhook = this.#openWebhook({ material, judgedMs, ownUser, submitterKeys: submitterKeys.ring });
    webhook.onServed = () => certificates.renew();
    this.#webhook = webhook;
    this.#engine?.serve(webhook);
  }

  #openWebhook(found: FoundAtStart): WorkerHandle {
    const { options, credentials } = this.#context;
    const onFatal = (message: string): void => this.#onFatal(message);
    const start = {
      ...found,
      host: listenAddress(options),
      port: options.webhookPort,
      admissionConfigMap: admissionConfigMap(options),
      failurePolicy: options.failurePolicy,
      rights: options.rights,
      neverFits: options.neverFits,
      drainMs: options.drainMs,
      logLevel: options.logLevel,
    };
    return new WorkerHandle('webhook', credentials, start, { onFatal });
  }

  #onFatal(message: string): void {
    if (!this.#isStarted) {
      this.#ended.reject(new SetupError(message));
      return;
    }
    this.#context.log.error('a role ended', { message });
    this.#ended.resolve(1);
  }

  /** End to end first: what the API server will reach has to answer before it is told to ask. */
  async #register(): Promise<void> {
    const { options } = this.#context;
    const material = this.#certificates?.served;
    if (material === undefined || this.#isEnding) return;
    const serverName = servedNames(options).dnsNames[0] ?? 'localhost';
    await probeWebhook(this.#webhook?.port ?? options.webhookPort, serverName, material);
    const certificates = this.#certificates;
    // Who is not trusted must not be asked: those before go on answering.
    if (options.isReadOnly) await this.#until(async () => (await certificates?.isTrusted()) === true);
    else if (!this.#isEnding) await certificates?.register();
  }

  /** Their certificate, which other processes wait for, and what the API server is told of them. */
  async #keepForOthers(): Promise<void> {
    this.#certificates = await openCertificates({
      ...this.#context,
      ownUser: await whoAmI(this.#context.cluster),
      served: () => this.#engine?.worker.served ?? [],
      onServe: () => undefined,
    });
  }

  /** Once somebody answers; where the API server asks already, at once: whom it is to trust may be what they wait for. */
  async #registerOthers(): Promise<void> {
    const { options, writer } = this.#context;
    const certificates = this.#certificates;
    if (makesCertificates(options)) await certificates?.first;
    await this.#until(async () => (await certificates?.isAsked()) === true || isServed(writer, options));
    if (!this.#isEnding) await certificates?.register();
  }

  async #until(holds: () => Promise<boolean>): Promise<void> {
    while (!this.#isEnding && !(await holds()))
      await new Promise<void>((resolve) => void this.#context.clock.after(LOOK_MS, resolve));
  }

  async #metricsText(): Promise<string> {
    const workers = [this.#engine?.worker ?? [], this.#webhook ?? []].flat();
    const snapshots = await Promise.all([
      this.#context.metrics.snapshot(),
      ...workers.map((worker) => worker.metrics()),
    ]);
    return mergeSnapshots(snapshots);
  }

  /**
   * The webhook configurations stay: whoever stops us mostly starts us again, and what is created meanwhile is to be
   * refused rather than to slip past.
   */
  async #stop(): Promise<void> {
    this.#certificates?.stop();
    this.#submitterKeys?.stop();
    if (this.#certificates?.isRegistered === true && this.#context.options.install)
      this.#context.log.info(CONFIGURATIONS_STAY);
    const hardStop = setTimeout(() => process.exit(1), this.#context.options.drainMs + HARD_STOP_MS);
    await Promise.all([this.#engine?.stop(), this.#webhook?.stop()]);
    clearTimeout(hardStop);
    await this.#operations?.stop();
  }
}

/** What the webhook is started with, beside options. */
type FoundAtStart = Pick<WebhookStart, 'material' | 'judgedMs' | 'ownUser' | 'submitterKeys'>;

function admissionConfigMap({ namespace, volcano }: ServeOptions): WebhookStart['admissionConfigMap'] {
  return volcano && { namespace, name: volcano.admissionConfigMap };
}

function settingPlaces({ namespace, volcano }: ServeOptions): EngineStart['settingPlaces'] {
  return (
    volcano && {
      sharding: { namespace, name: volcano.shardingConfigMap },
      discovery: { namespace, name: volcano.controllerConfigMap },
    }
  );
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const CONFIGURATIONS_STAY =
  'the webhook configurations stay: opted-in namespaces take no new work until Sluice serves again; sluice uninstall removes them';
/** A start that was interrupted gets this long to come to its end before everything is stopped under it. */
const UNWIND_MS = 3000;
const HARD_STOP_MS = 10_000;
const LOOK_MS = 1000;

/** Who neither serves webhooks nor registers them loads none of their rules. */
async function openCertificates(
  ...options: ConstructorParameters<typeof ServingCertificates>
): Promise<ServingCertificates> {
  const { ServingCertificates: Opened } = await import('./serving-certificates.ts');
  return new Opened(...options);
}

/** Schemas are loaded only where they are written: nothing that serves needs them. */
async function installOwnKinds(cluster: Cluster, namespace: string): Promise<void> {
  const { installKinds } = await import('../install-kinds.ts');
  await installKinds(cluster, namespace);
}
