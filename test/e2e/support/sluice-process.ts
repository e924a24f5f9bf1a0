import type { SluiceOptions } from './sluice-options.ts';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { numberAt, stringAt } from '../../../src/lib/json.ts';
import { asInstalled } from './accounts/as-installed.ts';

const BIN = join(import.meta.dirname, '../../../bin/sluice.js');
/** More of a log than this helps nobody who reads a failure. */
const KEPT_LINES = 60;

/**
 * `sluice serve` as a child process. It hangs on a channel to this process and ends with it, even when this process is
 * killed, so no test run leaves one behind.
 */
export class SluiceProcess {
  readonly pid: number;
  /** Settles with the exit code, or with the signal's name. */
  readonly ended: Promise<number | string>;
  readonly #child: ChildProcess;
  readonly #ready = Promise.withResolvers<number>();
  readonly #listeners = new Set<() => void>();
  /** What answers reviews beside it, where the two are divided as in an installation. */
  readonly #webhook: SluiceProcess | undefined;
  #log = '';
  #operationsPort = 0;

  private constructor(options: SluiceOptions, webhook?: SluiceProcess) {
    this.#webhook = webhook;
    const child = spawn(process.execPath, [options.program ?? BIN, ...serveArguments(options)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: { ...process.env, ...options.env },
    });
    this.#child = child;
    // A child that a failed test forgot holds nobody up: it ends as soon as we do.
    child.unref();
    child.channel?.unref();
    this.pid = child.pid ?? 0;
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => this.#keep(chunk.toString()));
    child.on('message', (message) => {
      if (stringAt(message, ['kind']) === 'ready') this.#ready.resolve(numberAt(message, ['operationsPort'], 0));
    });
    child.once('error', (error) => this.#ready.reject(error));
    this.ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown')));
    void this.ended.then((how) =>
      this.#ready.reject(new Error(`sluice serve ended with ${how} before it was ready:\n${this.log()}`)),
    );
    this.#ready.promise.catch(() => undefined);
  }

  /** Starts it and waits until it says that it is ready. */
  static async start(options: SluiceOptions): Promise<SluiceProcess> {
    const process = SluiceProcess.launch(options);
    await process.ready();
    return process;
  }

  /** Starts it without waiting. */
  static launch(options: SluiceOptions): SluiceProcess {
    const parts = asInstalled(options);
    return parts === undefined
      ? new SluiceProcess(options)
      : new SluiceProcess(parts.scheduler, new SluiceProcess(parts.webhook));
  }

  /** Rejects with the log when it ends before it was ready. */
  async ready(): Promise<void> {
    this.#operationsPort = await this.#ready.promise;
    await this.#webhook?.ready();
  }

  /** Port of health and metrics, 0 before it is ready. */
  get operationsPort(): number {
    return this.#operationsPort;
  }

  /** How many processes share the work: each counts in metrics what all of them do. */
  get count(): number {
    return this.#webhook === undefined ? 1 : 2;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Sum of a metric over all its series; 0 while nothing has counted it. */
  async metric(name: string): Promise<number> {
    const series = (await this.metrics()).filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    return series.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  }

  /** All lines of its metrics. */
  async metrics(): Promise<readonly string[]> {
    const response = await fetch(`http://127.0.0.1:${this.#operationsPort}/metrics`);
    return [...(await response.text()).split('\n'), ...((await this.#webhook?.metrics()) ?? [])];
  }

  /** The end of what it printed. */
  log(): string {
    return this.#webhook === undefined ? this.#log : `${this.#log}\n${this.#webhook.log()}`;
  }

  /** Settles once it has printed the text, which may be before this is asked. Never, when it ends before that. */
  printed(text: string): Promise<void> {
    const own = new Promise<void>((resolve) => {
      const look = (): void => {
        if (!this.#log.includes(text)) return;
        this.#listeners.delete(look);
        resolve();
      };
      this.#listeners.add(look);
      look();
    });
    return this.#webhook === undefined ? own : Promise.race([own, this.#webhook.printed(text)]);
  }

  /** The result of the work, unless the process ends before that. */
  during<T>(work: Promise<T>): Promise<T> {
    const early = this.ended.then((how) => {
      throw new Error(`sluice serve ended with ${how} in the middle:\n${this.log()}`);
    });
    return Promise.race([work, early]);
  }

  /** Asks it to end and waits; resolves with how it ended. */
  stop(): Promise<number | string> {
    return this.#end('SIGTERM');
  }

  /** Ends it at once, without a chance to tidy up. */
  kill(): Promise<number | string> {
    return this.#end('SIGKILL');
  }

  async #end(signal: 'SIGTERM' | 'SIGKILL'): Promise<number | string> {
    if (this.isRunning) this.#child.kill(signal);
    if (this.#webhook !== undefined) await this.#webhook.#end(signal);
    return this.ended;
  }

  #keep(text: string): void {
    this.#log = `${this.#log}${text}`.split('\n').slice(-KEPT_LINES).join('\n');
    for (const listener of this.#listeners) listener();
  }
}

/** How a command ended that was run to its end. */
export interface CommandEnd {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `sluice` with the arguments until it ends by itself. */
export function runSluice(args: readonly string[]): Promise<CommandEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}

function serveArguments(options: SluiceOptions): readonly string[] {
  const { kubeconfig, roles, install, webhookPort, leaseSeconds, args } = options;
  return [
    'serve',
    '--kubeconfig',
    kubeconfig,
    '--drain-seconds',
    '0.5',
    ...(leaseSeconds === undefined ? [] : ['--lease-seconds', String(leaseSeconds)]),
    ...(roles === undefined ? [] : ['--roles', roles]),
    ...(install === true ? ['--install'] : []),
    ...(webhookPort === undefined ? [] : ['--webhook-url', `https://127.0.0.1:${webhookPort}`]),
    ...(args ?? []),
  ];
}
