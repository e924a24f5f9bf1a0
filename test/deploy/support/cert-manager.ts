import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { stringAt } from '../../../src/lib/json.ts';
import { goProgramOf, moduleFolder } from '../../clients/support/go-module.ts';
import { freePort } from '../../control-plane/free-port.ts';
import type { GuardedProcess, Guardian } from '../../control-plane/guardian.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';
import { waitUntilReady } from '../../control-plane/readiness.ts';
import type { Helm } from './helm.ts';

/** As test/deploy/cert-manager/go.mod has it. */
const MODULE = { path: 'github.com/cert-manager/cert-manager', version: 'v1.21.2' };
const SOURCE = join(import.meta.dirname, '../cert-manager');
const NAMESPACE = 'cert-manager';
/** Of what its chart holds, what processes beside the cluster need. */
const WANTED = /^(CustomResourceDefinition|(Mutating|Validating)WebhookConfiguration)$/;
const READY_MS = 60_000;

/** The real cert-manager: its controllers, cainjector and webhook as processes, with the kinds and webhooks of its own chart. */
export class CertManager {
  readonly #plane: ControlPlane;
  readonly #guardian: Guardian;
  readonly #program: string;
  readonly #ports: readonly [webhook: number, health: number];
  #running: readonly GuardedProcess[] = [];
  #starts = 0;

  private constructor(
    plane: ControlPlane,
    guardian: Guardian,
    program: string,
    ports: readonly [webhook: number, health: number],
  ) {
    this.#plane = plane;
    this.#guardian = guardian;
    this.#program = program;
    this.#ports = ports;
  }

  /** Fetches and builds it, so that no test's time-out has to cover that. */
  static async build(): Promise<void> {
    await Promise.all([goProgramOf(SOURCE), moduleFolder(MODULE)]);
  }

  /** Installs its kinds and webhooks, and starts it. */
  static async install(plane: ControlPlane, guardian: Guardian, helm: Helm): Promise<CertManager> {
    const ports = [await freePort(), await freePort()] as const;
    const chart = join(await moduleFolder(MODULE), 'deploy/charts/cert-manager');
    const set = `crds.enabled=true,webhook.url.host=localhost:${ports[0]}`;
    const release = ['template', 'cert-manager', chart, '-n', NAMESPACE, '--kube-version', '1.37.2'];
    const text = await helm.run([...release, '--set', set]);
    const objects = parseAllDocuments(text).map((document): unknown => document.toJS());
    const items = objects.filter((object) => WANTED.test(stringAt(object, ['kind'])));
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
    await said(plane, ['apply', '--server-side', '-f', '-'], JSON.stringify(listOf([namespace, ...items])));
    await said(plane, ['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
    const installed = new CertManager(plane, guardian, await goProgramOf(SOURCE), ports);
    await installed.start();
    return installed;
  }

  /** Starts its three processes; resolves once it takes objects of its kinds. */
  async start(): Promise<void> {
    const [port, healthPort] = this.#ports;
    this.#starts += 1;
    const webhook = await this.#launch('webhook', ['--port', String(port), '--health-port', String(healthPort)]);
    this.#running = [webhook, await this.#launch('controller', []), await this.#launch('cainjector', [])];
    const issuer = {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Issuer',
      metadata: { name: 'try', namespace: NAMESPACE },
    };
    const body = JSON.stringify({ ...issuer, spec: { selfSigned: {} } });
    await waitUntilReady(webhook, READY_MS, async () => {
      const { code } = await this.#plane.kubectl(['apply', '--dry-run=server', '-f', '-'], body);
      return code === 0;
    });
  }

  /** SIGKILL for all of them. */
  async kill(): Promise<void> {
    await Promise.all(this.#running.map((process) => process.kill()));
  }

  async #launch(part: string, args: readonly string[]): Promise<GuardedProcess> {
    const name = `cert-manager-${part}-${this.#starts}`;
    const folder = join(this.#guardian.dir, name);
    await mkdir(folder, { recursive: true });
    return this.#guardian.start({
      name,
      file: this.#program,
      args: [part, '--kubeconfig', this.#plane.kubeconfigPath, ...args],
      logPath: join(folder, 'log'),
      cwd: folder,
    });
  }
}

function listOf(items: readonly unknown[]): object {
  return { apiVersion: 'v1', kind: 'List', items };
}

async function said(plane: ControlPlane, args: readonly string[], input?: string): Promise<void> {
  const { code, stderr } = await plane.kubectl([...args], input);
  if (code !== 0) throw new Error(stderr);
}
