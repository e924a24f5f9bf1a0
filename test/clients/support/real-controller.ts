import { mkdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { objectAt, stringAt } from '../../../src/lib/json.ts';
import { freePort } from '../../control-plane/free-port.ts';
import type { Guardian } from '../../control-plane/guardian.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';
import { waitUntilReady } from '../../control-plane/readiness.ts';
import { goProgram, moduleFolder } from './go-module.ts';
import type { GoModule } from './go-module.ts';
import { applyPublished } from './published-manifests.ts';

/** A controller of another project, run beside the cluster as its Deployment would run it. */
export interface RealController {
  readonly name: string;
  readonly module: GoModule;
  /** Folder of the main package in the module. */
  readonly source: string;
  /** Kustomizations in the module: definitions, webhooks and what else it publishes. */
  readonly manifests: readonly string[];
  /** `namespace/name` of the Secret in which it keeps its webhooks' certificate; none without webhooks. */
  readonly certificate?: string;
  /** Its arguments; a configuration file goes into the folder. */
  readonly args: (setting: ControllerSetting) => readonly string[] | Promise<readonly string[]>;
  /** Beside the usual environment. */
  readonly env?: (
    setting: ControllerSetting,
  ) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** Where it says that it is ready, when it cannot be told: `:8080/healthz`. */
  readonly ready?: string;
}

/** What a controller's arguments are made from. */
export interface ControllerSetting {
  readonly folder: string;
  readonly kubeconfig: string;
  /** Where the API server is reached. */
  readonly server: URL;
  readonly webhookPort: number;
  readonly healthPort: number;
}

/** Where these projects look whether a certificate is mounted, before they serve the one in TMPDIR. */
const MOUNTED = '/tmp/k8s-webhook-server/serving-certs';
const READY_MS = 60_000;

/** Builds nothing on the cluster's side: fetches and builds the program, so that no test's time-out has to cover it. */
export async function installController({ module, source }: RealController): Promise<void> {
  await goProgram(module, source);
}

/** Starts it and resolves once it says that it is ready. */
export async function startController(plane: ControlPlane, guardian: Guardian, controller: RealController) {
  const { name, module, source, manifests, certificate, ready } = controller;
  const file = await goProgram(module, source);
  const base = await moduleFolder(module);
  const folder = join(guardian.dir, name);
  const [webhookPort, healthPort] = [await freePort(), await freePort()];
  await mkdir(folder, { recursive: true });
  await applyPublished(
    plane,
    manifests.map((path) => join(base, path)),
    { port: webhookPort, certificate },
  );
  await plane.kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
  const server = new URL(plane.url);
  const setting = { folder, kubeconfig: plane.kubeconfigPath, server, webhookPort, healthPort };
  const args = await controller.args(setting);
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    TMPDIR: folder,
    KUBECONFIG: plane.kubeconfigPath,
    ...(await controller.env?.(setting)),
  };
  const running = guardian.start({ name, file, args, logPath: join(folder, 'log'), cwd: folder, env });
  if (certificate !== undefined) {
    await waitUntilReady(running, READY_MS, () => isMounted(plane, certificate, folder));
    await waitUntilReady(running, READY_MS, () => isListened(webhookPort));
  }
  await waitUntilReady(
    running,
    READY_MS,
    async () => (await fetch(`http://127.0.0.1${ready ?? `:${healthPort}/readyz`}`)).ok,
  );
}

/** Does what a kubelet would: puts the Secret, once it is filled, where the controller reads it. */
async function isMounted(plane: ControlPlane, key: string, folder: string): Promise<boolean> {
  const [namespace, name] = key.split('/');
  const { body } = await plane.client.request('GET', `/api/v1/namespaces/${namespace}/secrets/${name}`);
  const data = objectAt(body, 'data');
  if (Object.keys(data).length === 0) return false;
  for (const at of [join(folder, 'k8s-webhook-server/serving-certs'), MOUNTED]) {
    await mkdir(at, { recursive: true });
    for (const file of Object.keys(data))
      await writeFile(join(at, file), Buffer.from(stringAt(data, [file]), 'base64'));
  }
  return true;
}

function isListened(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** Removes what was mounted outside the controllers' own folders. */
export async function unmountCertificates(): Promise<void> {
  await rm(MOUNTED, { recursive: true, force: true });
}
