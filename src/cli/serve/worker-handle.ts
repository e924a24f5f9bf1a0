import { MessageChannel, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { serveConnection } from '../../adapters/kube/connect/connection-channel.ts';
import type { LoadedCredentials } from '../../adapters/kube/connect/credentials.ts';
import type { MetricsSnapshot } from '../../adapters/metrics.ts';
import type { ExplainAnswer, ExplainQuestion } from '../../engine/cycle/explainer.ts';
import type { VersionedKind } from '../../../webhooks/frameworks/versioned-kind.ts';
import type { EngineStart, Order, Report, WebhookStart } from './worker-link.ts';

/** Half-spaces large enough that objects of one burst die young: promotion of short-lived ones costs the engine most. */
const YOUNG_GENERATION_MB = 48;
const METRICS_TIMEOUT_MS = 2000;
/** The answer waits for a cycle that is due. */
const EXPLAIN_TIMEOUT_MS = 5000;
/** At the same time: each costs the engine some milliseconds. */
const MOST_QUESTIONS = 4;

/** What becomes of a thread that cannot go on. */
export interface WorkerFate {
  /** The process has to end. */
  readonly onFatal: (message: string) => void;
  /** An engine that led lost the lead, and is to be replaced. */
  readonly onLost?: (message: string) => void;
}

/** One role's thread, as the main thread sees it. */
export class WorkerHandle {
  readonly name: string;
  #problem: string | undefined = 'is starting';
  #port = 0;
  #served: readonly VersionedKind[] = [];
  readonly #worker: Worker;
  readonly #stopServing: () => void;
  readonly #onFatal: (message: string) => void;
  readonly #onLost: WorkerFate['onLost'];
  /** Told when the cluster serves other workload kinds. */
  onServed: () => void = () => undefined;
  readonly #ended: Promise<void>;
  #isStopping = false;
  #hasEnded = false;
  #watchers: (() => void)[] = [];
  readonly #metrics = new Map<number, (snapshot: MetricsSnapshot) => void>();
  readonly #explained = new Map<number, (answer: ExplainAnswer) => void>();
  #nextId = 0;

  constructor(
    name: 'webhook' | 'engine',
    credentials: LoadedCredentials,
    start: Omit<WebhookStart, 'connection' | 'connectionPort'> | Omit<EngineStart, 'connection' | 'connectionPort'>,
    { onFatal, onLost }: WorkerFate,
  ) {
    this.name = name;
    this.#onLost = onLost;
    let isTold = false;
    // A thread that reports why it fails ends, too: the reason is told, its end is not.
    this.#onFatal = (message) => {
      if (!isTold) onFatal(message);
      isTold = true;
    };
    const channel = new MessageChannel();
    this.#stopServing = serveConnection(channel.port1, credentials);
    this.#worker = new Worker(workerFile(name), {
      workerData: { ...start, connection: credentials.current(), connectionPort: channel.port2 },
      transferList: [channel.port2, ...linkOf(start)],
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB, maxOldGenerationSizeMb: OLD_GENERATION_MB },
    });
    this.#worker.on('message', (report: Report) => this.#onReport(report));
    this.#worker.on('error', (error) => this.#onFatal(`${name} failed: ${error.stack ?? error.message}`));
    this.#ended = new Promise((resolve) => {
      this.#worker.on('exit', (code) => {
        this.#stopServing();
        this.#hasEnded = true;
        this.#wake();
        if (!this.#isStopping) this.#onFatal(`${name} ended with code ${code}`);
        resolve();
      });
    });
  }

  /** Why the role is not ready, undefined when it is. */
  get problem(): string | undefined {
    return this.#isStopping ? 'is ending' : this.#problem;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Port that the webhook server listens on. */
  get port(): number {
    return this.#port;
  }

  /** Workload kinds that the cluster serves. */
  get served(): readonly VersionedKind[] {
    return this.#served;
  }

  order(order: Order): void {
    this.#worker.postMessage(order, order.kind === 'engine' ? [order.port] : []);
  }

  /** Resolves once the condition holds; it is looked at after every report, and when the thread has ended. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => void this.#watchers.push(resolve));
  }

  /** The thread's metrics; none when it is too busy to answer in time. */
  metrics(): Promise<MetricsSnapshot> {
    const id = (this.#nextId += 1);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#metrics.get(id)?.([]), METRICS_TIMEOUT_MS);
      this.#metrics.set(id, (snapshot) => {
        clearTimeout(timer);
        this.#metrics.delete(id);
        resolve(snapshot);
      });
      this.order({ kind: 'metrics', id });
    });
  }

  /** Why a group waits; without an engine that leads and is quick enough nobody knows. */
  explain(question: ExplainQuestion): Promise<ExplainAnswer> {
    if (this.#explained.size >= MOST_QUESTIONS) return Promise.resolve({ kind: 'tooBusy' });
    const id = (this.#nextId += 1);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#explained.get(id)?.({ kind: 'tooBusy' }), EXPLAIN_TIMEOUT_MS);
      this.#explained.set(id, (answer) => {
        clearTimeout(timer);
        this.#explained.delete(id);
        resolve(answer);
      });
      this.order({ kind: 'explain', id, question });
    });
  }

  /** Asks the role to end by itself and waits for it. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.order({ kind: 'stop' });
    await this.#ended;
  }

  /** The same, but for no longer than that many milliseconds: then it is ended, whatever it does. */
  async end(patienceMs: number): Promise<void> {
    const stopped = this.stop();
    const timer = setTimeout(() => void this.#worker.terminate(), patienceMs);
    await stopped;
    clearTimeout(timer);
  }

  #takeServed(kinds: readonly VersionedKind[]): void {
    this.#served = kinds;
    this.onServed();
  }

  #onReport(report: Report): void {
    if (report.kind === 'state') this.#problem = report.problem;
    else if (report.kind === 'listening') this.#port = report.port;
    else if (report.kind === 'served') this.#takeServed(report.kinds);
    else if (report.kind === 'metrics') this.#metrics.get(report.id)?.(report.snapshot);
    else if (report.kind === 'explained') this.#explained.get(report.id)?.(report.answer);
    else if (report.kind === 'lost') this.#onLost?.(report.message);
    else this.#onFatal(`${this.name}: ${report.message}`);
    this.#wake();
  }

  #wake(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }
}

/** The engine's end of the channel to the webhook moves with its start data. */
function linkOf(start: ConstructorParameters<typeof WorkerHandle>[2]): readonly MessagePort[] {
  return 'toWebhook' in start && start.toWebhook !== undefined ? [start.toWebhook] : [];
}

const OLD_GENERATION_MB = 4096;

/** In a checkout a thread runs from its source, in the package from what was made of it. */
function workerFile(name: string): URL {
  return new URL(`./${name}-worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url);
}
