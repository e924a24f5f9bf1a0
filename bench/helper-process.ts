import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process of its own that ends with this one; speaks in messages that have a `kind`. */
export class HelperProcess<Order extends object, Report extends { readonly kind: string }> {
  readonly #child: ChildProcess;
  readonly #ended: Promise<never>;

  constructor(
    file: URL,
    options: {
      readonly args?: readonly string[];
      readonly execArgv?: readonly string[];
      readonly quiet?: boolean;
    } = {},
  ) {
    this.#child = fork(fileURLToPath(file), [...(options.args ?? [])], {
      execArgv: [...(options.execArgv ?? [])],
      stdio: ['ignore', options.quiet === true ? 'ignore' : 2, options.quiet === true ? 'ignore' : 2, 'ipc'],
    });
    this.#ended = new Promise((_, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (code, signal) => reject(new Error(`${file.pathname} ended: ${signal ?? code}`)));
    });
    this.#ended.catch(() => undefined);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  send(order: Order): void {
    this.#child.send(order);
  }

  /** The next message of the kind; rejects when the process ends before, or says that it failed. */
  next<K extends Report['kind']>(kind: K): Promise<Extract<Report, { kind: K }>> {
    const found = new Promise<Extract<Report, { kind: K }>>((resolve, reject) => {
      const onMessage = (message: Report & { readonly message?: string }): void => {
        if (message.kind !== kind && message.kind !== 'failed') return;
        this.#child.off('message', onMessage);
        if (message.kind === kind) resolve(message as Extract<Report, { kind: K }>);
        else reject(new Error(message.message));
      };
      this.#child.on('message', onMessage);
    });
    return Promise.race([found, this.#ended]);
  }

  /** Asks it to end, by a signal when it was given one, and waits. */
  async stop(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill(signal);
    await this.#ended.catch(() => undefined);
  }
}
