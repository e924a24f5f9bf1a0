import { readFile, writeFile } from 'node:fs/promises';
import { get } from 'node:http';
import { join, resolve } from 'node:path';
import { execPath } from 'node:process';
import { AUDIT_FOLDER, nextAuditLog } from './audit-folder.ts';
import { auditPolicy } from './audit-policy.ts';
import type { AuditDetail } from './audit-policy.ts';
import { binaryPath, CORE_BINARIES } from './binary.ts';
import type { Binaries, BinaryName } from './binary.ts';
import { ensureBinaries } from './build.ts';
import {
  apiserverArgs,
  controllerManagerArgs,
  dataPaths,
  etcdArgs,
  kwokArgs,
  schedulerArgs,
} from './component-args.ts';
import type { DataPaths, SchedulerOptions } from './component-args.ts';
import { makeServiceAccountKeys, makeTokens, tokenFile, USERS } from './credential.ts';
import type { Tokens, UserKey } from './credential.ts';
import { freePort } from './free-port.ts';
import { startGuardian } from './guardian.ts';
import type { GuardedProcess, Guardian } from './guardian.ts';
import { KubeClient } from './kube-client.ts';
import { assertReplaceable, writeKubeconfig } from './kubeconfig.ts';
import { runKubectl } from './kubectl.ts';
import type { KubectlResult } from './kubectl.ts';
import { applyNodes } from './node-shape.ts';
import type { NodeShape } from './node-shape.ts';
import { logTail, StartFailure, waitUntilReady } from './readiness.ts';
import { stageDocuments } from './stages.ts';

const PART_TIMEOUT_MS = 60_000;
const PORT_ATTEMPTS = 5;

/** How a control plane is started. */
export type ControlPlaneOptions = {
  /** Where the admin's kubeconfig is written; default below the data folder. It goes away with the control plane. */
  readonly kubeconfigPath?: string;
  /** False where a crash of etcd itself is part of the test. */
  readonly unsafeNoFsync?: boolean;
  /** Keeps an audit log; off by default. */
  readonly audit?: AuditDetail;
  /** False leaves pods without a kubelet: nodes only, and nobody plays containers. */
  readonly podStages?: boolean;
  /** Flags added to a part's own; the last of two equal flags wins. */
  readonly extraArgs?: Partial<Readonly<Record<PartName, readonly string[]>>>;
  /** The programs, where the caller has gathered them already. */
  readonly binaries?: Binaries;
  /** Told once if a part ends that should not. */
  readonly onFailure?: (error: Error) => void;
};

/** A process of the control plane. `containers` is of our own making and plays the containers of all pods. */
export type PartName = Exclude<BinaryName, 'kubectl'> | 'containers';

const CONTAINERS_MAIN = join(import.meta.dirname, 'containers', 'main.ts');

/** A kube-scheduler beside the control plane. */
export type RunningScheduler = {
  readonly pid: number;
  /** Grows with each start. */
  readonly logPath: string;
  stop(): Promise<void>;
};

/** A running control plane. */
export type ControlPlane = {
  readonly url: string;
  readonly kubeconfigPath: string;
  readonly caPem: string;
  readonly adminToken: string;
  readonly tokens: Tokens;
  readonly dataDir: string;
  readonly auditLogPath: string | undefined;
  /** Speaks to the API server as admin. */
  readonly client: KubeClient;
  /** The process of each part, and of the guardian that ends them. */
  readonly pids: ReadonlyMap<string, number>;
  readonly ports: { readonly apiserver: number };
  /** Writes a kubeconfig for a user below the data folder and returns its path. */
  kubeconfigFor(user: UserKey): Promise<string>;
  kubectl(args: readonly string[], input?: string): Promise<KubectlResult>;
  /** Creates nodes, waits until they take pods, and returns their names. */
  applyNodes(shapes: readonly NodeShape[]): Promise<readonly string[]>;
  startKubeScheduler(options?: SchedulerOptions): Promise<RunningScheduler>;
  /** Ends every process and removes the data folder; may be called again. */
  stop(): Promise<void>;
};

/** Starts etcd, kube-apiserver, kube-controller-manager and kwok, and returns once pods can be created. */
export async function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  const binaries = options.binaries ?? (await ensureBinaries(CORE_BINARIES));
  const ownedFile = options.kubeconfigPath === undefined ? undefined : resolve(options.kubeconfigPath);
  if (ownedFile !== undefined) await assertReplaceable(ownedFile);
  const guardian = await startGuardian('sluice', ownedFile);
  try {
    const launch = new Launch(guardian, binaries, options);
    return await launch.start(ownedFile ?? join(guardian.dir, 'kubeconfig'));
  } catch (error) {
    await guardian.release();
    throw error;
  }
}

class Launch {
  readonly #guardian: Guardian;
  readonly #binaries: Binaries;
  readonly #options: ControlPlaneOptions;
  readonly #paths: DataPaths;
  readonly #audit: AuditDetail | undefined;
  readonly #tokens: Tokens = makeTokens();
  readonly #processes = new Map<PartName, GuardedProcess>();
  #stopping = false;
  /** Where the kubelets of all nodes answer for logs. */
  #logPort = 0;
  #url = '';
  #caPem = '';

  constructor(guardian: Guardian, binaries: Binaries, options: ControlPlaneOptions) {
    this.#guardian = guardian;
    this.#binaries = binaries;
    this.#options = options;
    this.#audit = options.audit ?? (AUDIT_FOLDER === undefined ? undefined : 'requests');
    const paths = dataPaths(guardian.dir);
    const keptIn = this.#audit === 'requests' ? AUDIT_FOLDER : undefined;
    this.#paths = keptIn === undefined ? paths : { ...paths, auditLog: nextAuditLog(keptIn) };
  }

  get #podStages(): boolean {
    return this.#options.podStages ?? true;
  }

  async start(kubeconfigPath: string): Promise<ControlPlane> {
    await this.#writeFiles();
    await this.#startEtcd();
    const port = await this.#startApiserver();
    const client = new KubeClient({ url: this.#url, caPem: this.#caPem, token: this.#tokens.admin, connections: 32 });
    try {
      await writeKubeconfig(kubeconfigPath, this.#kubeconfig('admin'));
      await this.#startControllers(client);
      this.#watchForFailure();
      return this.#controlPlane(kubeconfigPath, port, client);
    } catch (error) {
      await client.close();
      throw error;
    }
  }

  async #writeFiles(): Promise<void> {
    const keys = makeServiceAccountKeys();
    const audit = this.#audit;
    this.#logPort = this.#podStages ? await freePort() : 0;
    const files: readonly (readonly [string, string])[] = [
      [this.#paths.tokens, tokenFile(this.#tokens)],
      [this.#paths.serviceAccountPrivateKey, keys.privatePem],
      [this.#paths.serviceAccountPublicKey, keys.publicPem],
      [this.#paths.stages, stageDocuments({ podStages: this.#podStages, logPort: this.#logPort })],
      ...(audit === undefined ? [] : [[this.#paths.auditPolicy, auditPolicy(audit)] as const]),
    ];
    await Promise.all(files.map(([path, text]) => writeFile(path, text, { mode: 0o600 })));
  }

  async #startEtcd(): Promise<void> {
    const etcd = this.#run('etcd', etcdArgs(this.#paths, this.#options.unsafeNoFsync ?? true));
    await waitUntilReady(etcd, PART_TIMEOUT_MS, () => answersHealth(this.#paths.etcdSocket));
  }

  async #startApiserver(): Promise<number> {
    for (let attempt = 1; ; attempt += 1) {
      const port = await freePort();
      const args = apiserverArgs(this.#paths, port, this.#audit !== undefined);
      const apiserver = this.#run('kube-apiserver', args);
      try {
        await waitUntilReady(apiserver, PART_TIMEOUT_MS, () => this.#apiserverReady(port));
        return port;
      } catch (error) {
        await apiserver.kill();
        const taken = error instanceof StartFailure && error.log.includes('address already in use');
        if (!taken || attempt === PORT_ATTEMPTS) throw error;
      }
    }
  }

  async #apiserverReady(port: number): Promise<boolean> {
    this.#url = `https://127.0.0.1:${port}`;
    this.#caPem = await readFile(this.#paths.servingCert, 'utf8');
    const client = new KubeClient({ url: this.#url, caPem: this.#caPem, token: this.#tokens.admin, connections: 1 });
    try {
      return (await client.request('GET', '/readyz')).status === 200;
    } finally {
      await client.close();
    }
  }

  async #startControllers(client: KubeClient): Promise<void> {
    const [managerConfig, kwokConfig] = await Promise.all([
      this.#writeKubeconfigOf('kube-controller-manager'),
      this.#writeKubeconfigOf('kwok'),
    ]);
    const manager = this.#run('kube-controller-manager', controllerManagerArgs(this.#paths, managerConfig));
    const kwok = this.#run('kwok', kwokArgs(this.#paths, kwokConfig));
    await Promise.all([
      // Admission refuses pods of a namespace that has no service account yet.
      waitUntilReady(manager, PART_TIMEOUT_MS, async () => {
        const path = '/api/v1/namespaces/default/serviceaccounts/default';
        return (await client.request('GET', path)).status === 200;
      }),
      waitUntilReady(kwok, PART_TIMEOUT_MS, async () => (await readFile(kwok.logPath, 'utf8')).includes('all nodes')),
      ...(this.#podStages ? [this.#startContainers(kwokConfig)] : []),
    ]);
  }

  async #startContainers(kubeconfig: string): Promise<void> {
    const containers = this.#run('containers', [
      CONTAINERS_MAIN,
      kubeconfig,
      String(this.#logPort),
      this.#paths.certDir,
    ]);
    const hasStarted = async (): Promise<boolean> => (await readFile(containers.logPath, 'utf8')) !== '';
    await waitUntilReady(containers, PART_TIMEOUT_MS, hasStarted);
  }

  #run(part: PartName, args: readonly string[]): GuardedProcess {
    const process = this.#guardian.start({
      name: part,
      file: part === 'containers' ? execPath : binaryPath(this.#binaries, part),
      args: [...args, ...this.#more(part)],
      logPath: this.#logPath(part),
      env: this.#environment(),
    });
    this.#processes.set(part, process);
    return process;
  }

  /** Where rights are checked, Services lead to endpoints without a proxy, as in the tests of an installation. */
  #more(part: PartName): readonly string[] {
    const routing = AUDIT_FOLDER !== undefined && part === 'kube-apiserver' ? ['--enable-aggregator-routing=true'] : [];
    return [...routing, ...(this.#options.extraArgs?.[part] ?? [])];
  }

  #logPath(part: PartName): string {
    return join(this.#paths.dir, `${part}.log`);
  }

  // Nothing of the person's own: ETCD_*, KUBECONFIG and proxies would all be heard.
  #environment(): NodeJS.ProcessEnv {
    return { PATH: process.env['PATH'], HOME: this.#paths.dir, TMPDIR: this.#paths.dir };
  }

  #kubeconfig(user: UserKey): Parameters<typeof writeKubeconfig>[1] {
    return {
      url: this.#url,
      caPem: this.#caPem,
      user: USERS[user].username,
      token: this.#tokens[user],
      dataDir: this.#paths.dir,
    };
  }

  async #writeKubeconfigOf(user: UserKey): Promise<string> {
    const path = join(this.#paths.dir, `kubeconfig.${user}`);
    await writeKubeconfig(path, this.#kubeconfig(user));
    return path;
  }

  #watchForFailure(): void {
    const tell = (error: Error): void => {
      if (this.#stopping) return;
      this.#stopping = true;
      this.#options.onFailure?.(error);
    };
    for (const process of this.#processes.values()) {
      void process.ended.then(async (how) => {
        if (!this.#stopping) tell(new StartFailure(`${process.name} ${how}`, await logTail(process.logPath)));
      });
    }
    void this.#guardian.ended.then(() => tell(new Error("the control plane's guardian process has ended")));
  }

  async #startKubeScheduler(options: SchedulerOptions): Promise<RunningScheduler> {
    const found = this.#binaries.has('kube-scheduler') ? this.#binaries : await ensureBinaries(['kube-scheduler']);
    const kubeconfig = await this.#writeKubeconfigOf('kube-scheduler');
    const scheduler = this.#guardian.start({
      name: 'kube-scheduler',
      file: binaryPath(found, 'kube-scheduler'),
      args: [...schedulerArgs(kubeconfig, options), ...(this.#options.extraArgs?.['kube-scheduler'] ?? [])],
      logPath: this.#logPath('kube-scheduler'),
      env: this.#environment(),
    });
    return { pid: scheduler.pid, logPath: scheduler.logPath, stop: () => scheduler.kill() };
  }

  #controlPlane(kubeconfigPath: string, port: number, client: KubeClient): ControlPlane {
    const parts = [...this.#processes.values()].map((process) => [process.name, process.pid] as const);
    const kubectl = binaryPath(this.#binaries, 'kubectl');
    const { dir } = this.#paths;
    return {
      url: this.#url,
      kubeconfigPath,
      caPem: this.#caPem,
      adminToken: this.#tokens.admin,
      tokens: this.#tokens,
      dataDir: dir,
      auditLogPath: this.#audit === undefined ? undefined : this.#paths.auditLog,
      client,
      pids: new Map<string, number>([...parts, ['guardian', this.#guardian.pid]]),
      ports: { apiserver: port },
      kubeconfigFor: (user) => this.#writeKubeconfigOf(user),
      kubectl: (args, input) => runKubectl(kubectl, kubeconfigPath, dir, args, input),
      applyNodes: (shapes) => applyNodes(client, shapes),
      startKubeScheduler: (options = {}) => this.#startKubeScheduler(options),
      stop: async () => {
        this.#stopping = true;
        await client.close();
        await this.#guardian.release();
      },
    };
  }
}

function answersHealth(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const request = get({ socketPath, path: '/health', timeout: 1_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(false));
  });
}
