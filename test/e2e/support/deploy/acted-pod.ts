import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { arrayAt, member, memberAt, numberAt, stringAt, textOf } from '../../../../src/lib/json.ts';
import type { ControlPlane } from '../../../control-plane/launch.ts';
import { MountedSecrets } from './mounted-secrets.ts';
import { ownAddress } from './own-address.ts';

const PRELOAD = new URL('pod-mounts.ts', import.meta.url).href;
const STRATEGIC = 'application/strategic-merge-patch+json';
const CONTAINER_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const TOKEN_SECONDS = 3600;
/** The kubelet asks again and again, too. */
const PROBE_MS = 200;

/** Where the pod is to run, and what stands for its image. */
export interface ActedPodOptions {
  readonly plane: ControlPlane;
  /** As the API server stores it. */
  readonly pod: unknown;
  readonly node: string;
  /** A folder of the image, and the folder of this machine that has its content. */
  readonly image: readonly [path: string, folder: string];
  /** Runs the words of the container in a root of its own; in this machine's unless given. */
  readonly enclose?: (words: readonly string[], mounts: Mounts) => readonly string[];
  /** Ports of this machine by those of the container, for pods beside others of their kind; the same ones unless given. */
  readonly ports?: ReadonlyMap<number, number>;
}

/** Where the container sees folders of this machine. */
export type Mounts = readonly (readonly [path: string, folder: string])[];

/**
 * A pod with one container, acted out as a kubelet would run it: its command with its arguments, environment, token and files,
 * as a process of this machine; ready when its probe says so.
 */
export class ActedPod {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #ended: Promise<unknown>;
  readonly #secrets: MountedSecrets;
  #log = '';

  private constructor(child: ChildProcess, folder: string, secrets: MountedSecrets) {
    this.#child = child;
    this.#folder = folder;
    this.#secrets = secrets;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.#log = `${this.#log}${chunk.toString()}`.slice(-8000)));
    this.#ended = new Promise((resolve) => child.once('close', resolve));
  }

  /** Starts it, and resolves once the pod is ready for the cluster as well. */
  static async start(options: ActedPodOptions): Promise<ActedPod> {
    const { plane, pod } = options;
    const folder = await mkdtemp(join(tmpdir(), 'sluice-pod-'));
    const [container] = arrayAt(pod, 'spec', 'containers');
    const mounts = await mounted(plane, pod, container, folder);
    const secrets = await MountedSecrets.mount(plane, pod, folder);
    const said = words(container, options.ports);
    const [command = '', ...args] =
      options.enclose?.(said, mounts) ?? said.map((word) => word.replace(...options.image));
    const { hostname, port } = new URL(plane.url);
    const address = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    const placed = options.enclose === undefined ? await readFrom(mounts, folder) : { PATH: CONTAINER_PATH };
    const child = spawn(command === 'node' ? process.execPath : command, args, {
      cwd: '/',
      env: { ...environment(container), ...address, ...placed },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const acted = new ActedPod(child, folder, secrets);
    try {
      await acted.#untilReady(container, options.ports);
      await acted.#tell(options);
      return acted;
    } catch (error) {
      await acted.stop();
      throw error;
    }
  }

  /** Tells it to stop, and waits until it has. */
  async stop(): Promise<void> {
    if (this.#child.exitCode === null) this.#child.kill('SIGTERM');
    await this.#ended;
    await this.#secrets.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The end of what it printed. */
  log(): string {
    return this.#log;
  }

  async #untilReady(container: unknown, ports: ActedPodOptions['ports']): Promise<void> {
    const probe = memberAt(container, 'readinessProbe', 'httpGet');
    const own = portOf(container, stringAt(probe, ['port']));
    const port = ports?.get(own) ?? own;
    for (;;) {
      if (this.#child.exitCode !== null) throw new Error(`the container has ended:\n${this.#log}`);
      const answer = await fetch(`http://127.0.0.1:${port}${stringAt(probe, ['path'])}`).catch(() => undefined);
      await answer?.body?.cancel();
      if (answer?.status === 200) return;
      await sleep(PROBE_MS);
    }
  }

  /** Running before it is bound: kwok starts only pods that pend. */
  async #tell({ plane, pod, node }: ActedPodOptions): Promise<void> {
    const [name, namespace] = [stringAt(pod, ['metadata', 'name']), stringAt(pod, ['metadata', 'namespace'])];
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    const ip = ownAddress();
    const conditions = ['Initialized', 'ContainersReady', 'Ready'].map((type) => ({ type, status: 'True' }));
    const containerStatuses = arrayAt(pod, 'spec', 'containers').map((container) => ({
      name: stringAt(container, ['name']),
      image: stringAt(container, ['image']),
      imageID: '',
      ready: true,
      started: true,
      restartCount: 0,
      state: { running: { startedAt: new Date().toISOString() } },
    }));
    const status = { phase: 'Running', podIP: ip, podIPs: [{ ip }], conditions, containerStatuses };
    await asked(plane, 'PATCH', `${path}/status`, { status }, STRATEGIC);
    const target = { apiVersion: 'v1', kind: 'Node', name: node };
    await asked(plane, 'POST', `${path}/binding`, { metadata: { name, namespace }, target });
  }
}

/** The environment in which files below the mounts are read from their folders. */
async function readFrom(mounts: Mounts, folder: string): Promise<NodeJS.ProcessEnv> {
  const table = join(folder, 'mounts.json');
  await writeFile(table, JSON.stringify(mounts));
  return { NODE_OPTIONS: `--import ${PRELOAD}`, SLUICE_POD_MOUNTS: table };
}

/** Its command; where ports of this machine stand for its own, it listens on those. */
function words(container: unknown, ports: ActedPodOptions['ports']): readonly string[] {
  const said = [...arrayAt(container, 'command'), ...arrayAt(container, 'args')].map(textOf);
  return said.map((word, at) => {
    const port = (said[at - 1] ?? '').endsWith('-port') ? ports?.get(Number(word)) : undefined;
    return port === undefined ? word : String(port);
  });
}

function environment(container: unknown): NodeJS.ProcessEnv {
  return Object.fromEntries(
    arrayAt(container, 'env').map((one) => [stringAt(one, ['name']), stringAt(one, ['value'])]),
  );
}

function portOf(container: unknown, name: string): number {
  const port = arrayAt(container, 'ports').find((one) => stringAt(one, ['name']) === name);
  return numberAt(port, ['containerPort'], 0);
}

/** A folder for each mount, filled for projected volumes; those of Secrets are filled and followed elsewhere. */
async function mounted(plane: ControlPlane, pod: unknown, container: unknown, folder: string): Promise<Mounts> {
  return Promise.all(
    arrayAt(container, 'volumeMounts').map(async (mount) => {
      const name = stringAt(mount, ['name']);
      const volume = arrayAt(pod, 'spec', 'volumes').find((one) => stringAt(one, ['name']) === name);
      const into = join(folder, name);
      await mkdir(into);
      for (const source of arrayAt(volume, 'projected', 'sources')) await project(plane, pod, source, into);
      return [stringAt(mount, ['mountPath']), into] as const;
    }),
  );
}

async function project(plane: ControlPlane, pod: unknown, source: unknown, into: string): Promise<void> {
  const namespace = stringAt(pod, ['metadata', 'namespace']);
  const token = member(source, 'serviceAccountToken');
  if (token !== undefined) {
    const account = stringAt(pod, ['spec', 'serviceAccountName']);
    const { name, uid } = member(pod, 'metadata') as { readonly name: string; readonly uid: string };
    const boundObjectRef = { apiVersion: 'v1', kind: 'Pod', name, uid };
    const answer = await asked(plane, 'POST', `/api/v1/namespaces/${namespace}/serviceaccounts/${account}/token`, {
      spec: { expirationSeconds: TOKEN_SECONDS, boundObjectRef },
    });
    await writeFile(join(into, stringAt(token, ['path'])), stringAt(answer, ['status', 'token']));
  }
  for (const item of arrayAt(source, 'configMap', 'items')) {
    const name = stringAt(source, ['configMap', 'name']);
    const found = await asked(plane, 'GET', `/api/v1/namespaces/${namespace}/configmaps/${name}`);
    await writeFile(join(into, stringAt(item, ['path'])), stringAt(found, ['data', stringAt(item, ['key'])]));
  }
  for (const item of arrayAt(source, 'downwardAPI', 'items'))
    await writeFile(join(into, stringAt(item, ['path'])), namespace);
}

async function asked(
  plane: ControlPlane,
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  body?: object,
  contentType?: string,
): Promise<unknown> {
  const answer = await plane.client.request(method, path, body, contentType);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}
