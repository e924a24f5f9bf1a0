import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** A process that ended comes back after this time, twice as long with each end that follows soon. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8000;
/** Who lived as long as this did not fail at the start: its end counts as the first. */
const STEADY_MS = 30_000;
/** Ends in a row after which it is given up. */
const MOST_ENDS = 6;

export interface ServeKeeperOptions {
  readonly root: string;
  readonly kubeconfig: string;
  /** Where the API server reaches the webhooks: the same for every process, so that the configurations can stay. */
  readonly webhookUrl: string;
  /** Options that tell how it serves. */
  readonly mode: readonly string[];
  readonly logFile: string;
  readonly onRestart: (message: string) => void;
  readonly onFailure: (message: string) => void;
}

/** Keeps `sluice serve` running as a Deployment would: one that ends is started again, and the control plane stays. */
export class ServeKeeper {
  readonly #options: ServeKeeperOptions;
  #child: ChildProcess | undefined;
  #isStopping = false;
  #ends = 0;

  constructor(options: ServeKeeperOptions) {
    this.#options = options;
  }

  /** Resolves once the first process is ready; rejects when it ends before. */
  async start(): Promise<void> {
    await this.#spawn('w');
  }

  /** The process that runs now. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    const child = this.#child;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    await gone;
  }

  async #spawn(logFlags: 'w' | 'a'): Promise<void> {
    const { root, kubeconfig, webhookUrl, mode, logFile } = this.#options;
    const log = await open(logFile, logFlags);
    const args = ['serve', '--kubeconfig', kubeconfig, '--install', '--webhook-url', webhookUrl];
    const more = [...mode, '--drain-seconds', '0.5'];
    const child = spawn(process.execPath, [join(root, 'bin/sluice.js'), ...args, ...more], {
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    });
    await log.close();
    this.#child = child;
    const startedAtMs = performance.now();
    await new Promise<void>((ready, fail) => {
      let isReady = false;
      child.once('message', () => {
        isReady = true;
        ready();
      });
      child.once('exit', (code, signal) => {
        const how = `sluice serve ended with ${code ?? signal ?? 'nothing said'}`;
        if (!isReady) fail(new Error(`${how}; its log is ${logFile}`));
        else if (!this.#isStopping) this.#again(how, performance.now() - startedAtMs);
      });
    });
  }

  #again(how: string, livedMs: number): void {
    this.#ends = livedMs >= STEADY_MS ? 1 : this.#ends + 1;
    if (this.#ends > MOST_ENDS) {
      this.#options.onFailure(`${how}, ${this.#ends} times in a row; its log is ${this.#options.logFile}`);
      return;
    }
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (this.#ends - 1), LONGEST_PAUSE_MS);
    this.#options.onRestart(`${how}: it is started again (its log is ${this.#options.logFile})`);
    setTimeout(() => {
      if (this.#isStopping) return;
      this.#spawn('a').catch((error: unknown) => {
        if (!this.#isStopping) this.#again(error instanceof Error ? error.message : String(error), 0);
      });
    }, pauseMs);
  }
}
