import { freePort } from '../test/control-plane/free-port.ts';
import { HelperProcess } from './helper-process.ts';
import { packagedSluice } from './package.ts';

/** How Sluice is run beside a control plane. */
export interface SluiceOptions {
  readonly kubeconfig: string;
  readonly webhooks: boolean;
  /** Folder for CPU profiles of all its threads; empty for none. */
  readonly profileFolder: string;
  /** File with the scheduler's configuration; the default one if there is none. */
  readonly schedulerConfig?: string;
}

type Report = { readonly kind: 'ready'; readonly operationsPort: number };

/** `sluice serve` of the package in a process of its own, as it is deployed. */
export class SluiceProcess {
  readonly #process: HelperProcess<never, Report>;
  readonly #operationsPort: number;

  private constructor(process: HelperProcess<never, Report>, operationsPort: number) {
    this.#process = process;
    this.#operationsPort = operationsPort;
  }

  /** Resolves once it serves, its webhook configurations in place. */
  static async start({ kubeconfig, webhooks, profileFolder, schedulerConfig }: SluiceOptions): Promise<SluiceProcess> {
    const roles = webhooks ? ['webhook', 'scheduler', 'controllers'] : ['scheduler', 'controllers'];
    const url = `https://127.0.0.1:${await freePort()}`;
    const args = [
      'serve',
      '--kubeconfig',
      kubeconfig,
      '--install',
      '--roles',
      roles.join(','),
      '--drain-seconds',
      '0',
      '--log-level',
      'warn',
      ...(webhooks ? ['--webhook-url', url] : []),
      ...(schedulerConfig === undefined ? [] : ['--scheduler-config', schedulerConfig]),
    ];
    const execArgv = profileFolder === '' ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
    const child = new HelperProcess<never, Report>(await packagedSluice(), { args, execArgv });
    try {
      const { operationsPort } = await child.next('ready');
      return new SluiceProcess(child, operationsPort);
    } catch (error) {
      await child.stop();
      throw error;
    }
  }

  get pid(): number {
    return this.#process.pid;
  }

  async metrics(): Promise<string> {
    return (await fetch(`http://127.0.0.1:${this.#operationsPort}/metrics`)).text();
  }

  /** Ends it as a pod is ended. */
  stop(): Promise<void> {
    return this.#process.stop('SIGTERM');
  }
}
