import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { volcanoObjects } from '../../../examples/quickstart/volcano-objects.ts';
import type { ResourceType } from '../../../src/api/resources.ts';
import { freePort } from '../../control-plane/free-port.ts';
import { startControlPlane } from '../../control-plane/launch.ts';
import type { ControlPlane } from '../../control-plane/launch.ts';
import type { NodeShape } from '../../control-plane/node-shape.ts';
import { History } from './history.ts';
import { applied } from './manifest.ts';
import { SluiceProcess } from './sluice-process.ts';
import type { SluiceOptions } from './sluice-options.ts';

interface StageOptions {
  /** The scheduler's configuration; the default one without. */
  readonly policy?: string;
  /** Serves in the place of Volcano, beside the objects that its chart installs under this release's name. */
  readonly release?: string;
  readonly nodes: readonly NodeShape[];
  /** Flags for the API server beside the usual ones. */
  readonly apiserverArgs?: readonly string[];
  /** Longer than usual where so much is done at once that a renewal may be late. */
  readonly leaseSeconds?: number;
  /** Kinds whose changes are kept. */
  readonly kinds: readonly ResourceType[];
}

/** A control plane with nodes, Sluice beside it, and the history of some kinds. */
export class Stage {
  readonly plane: ControlPlane;
  sluice: SluiceProcess;
  readonly history: History;
  readonly #folder: string;
  readonly #options: SluiceOptions;

  private constructor(
    parts: Pick<Stage, 'plane' | 'sluice' | 'history'>,
    { folder, options }: { readonly folder: string; readonly options: SluiceOptions },
  ) {
    this.plane = parts.plane;
    this.sluice = parts.sluice;
    this.history = parts.history;
    this.#folder = folder;
    this.#options = options;
  }

  static async start({
    policy,
    release,
    apiserverArgs = [],
    nodes,
    kinds,
    leaseSeconds,
  }: StageOptions): Promise<Stage> {
    const plane = await startControlPlane({ extraArgs: { 'kube-apiserver': apiserverArgs } });
    const folder = await mkdtemp(join(tmpdir(), 'sluice-policy-'));
    if (release !== undefined) await applied(plane, ...volcanoObjects(release));
    const args = [
      ...(policy === undefined ? [] : ['--scheduler-config', await writtenTo(folder, policy)]),
      ...(release === undefined ? [] : ['--compat', 'volcano', '--release', release]),
    ];
    const lease = leaseSeconds === undefined ? {} : { leaseSeconds };
    const options = { kubeconfig: plane.kubeconfigPath, install: true, webhookPort: await freePort(), args, ...lease };
    const sluice = SluiceProcess.launch(options);
    try {
      await Promise.all([sluice.ready(), plane.applyNodes(nodes)]);
      return new Stage({ plane, sluice, history: await History.start(plane, kinds) }, { folder, options });
    } catch (error) {
      await sluice.stop();
      await plane.stop();
      await rm(folder, { recursive: true });
      throw error;
    }
  }

  /** Ends Sluice and starts it anew; it remembers nothing but what the cluster holds. */
  async restart(): Promise<void> {
    await this.sluice.stop();
    this.sluice = await SluiceProcess.start(this.#options);
  }

  async stop(): Promise<void> {
    await this.history.stop();
    await this.sluice.stop();
    await this.plane.stop();
    await rm(this.#folder, { recursive: true });
  }
}

async function writtenTo(folder: string, policy: string): Promise<string> {
  const file = join(folder, 'scheduler.yaml');
  await writeFile(file, policy);
  return file;
}
