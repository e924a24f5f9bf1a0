import { parentPort, workerData } from 'node:worker_threads';
import { createSystemClock } from '../../adapters/clock.ts';
import { connectionFromPort } from '../../adapters/kube/connect/connection-channel.ts';
import type { ConnectionSource } from '../../adapters/kube/connect/connection.ts';
import { createKubeHttp } from '../../adapters/kube/connect/http-client.ts';
import type { KubeHttp } from '../../adapters/kube/connect/http-client.ts';
import type { ReflectorOptions } from '../../adapters/kube/read/reflector-options.ts';
import { createReflector } from '../../adapters/kube/read/reflector.ts';
import type { KubeReflector } from '../../adapters/kube/read/reflector.ts';
import { createLogger } from '../../adapters/log.ts';
import { createMetrics } from '../../adapters/metrics.ts';
import type { ThreadMetrics } from '../../adapters/metrics.ts';
import { createSystemRandomness } from '../../adapters/randomness.ts';
import type { WatchedKind } from '../../api/watched-kinds.ts';
import type { ChangeHandler, Clock, Logger, Randomness } from '../../engine/ports.ts';
import { InvariantError } from '../../lib/exhaustive.ts';
import type { EngineStart, Order, Report, WebhookStart } from './worker-link.ts';

/** How often a worker looks whether it became ready, or ceased to be. */
const STATE_INTERVAL_MS = 20;

/** One object of a kind, by its name. */
interface FollowedObject<T> extends WatchedKind<T> {
  readonly namespace: string;
  readonly name: string;
}

type ReflectorPort = 'http' | 'clock' | 'randomness' | 'metrics' | 'log' | 'thread' | 'onFatal' | 'mayCheckItself';

/** What is to be read, and how; the ports are the worker's unless others are given. */
type OpenedReflector<T> = Omit<ReflectorOptions<T>, ReflectorPort> & Partial<Pick<ReflectorOptions<T>, 'log'>>;

/** What both workers share: ports, reflectors, and the link to the main thread. */
export class WorkerBase {
  readonly clock: Clock = createSystemClock();
  readonly randomness: Randomness = createSystemRandomness();
  readonly log: Logger;
  readonly metrics: ThreadMetrics;
  readonly http: KubeHttp;
  readonly #connections: ConnectionSource;
  readonly #others: KubeHttp[] = [];
  readonly #role: string;
  /** Nobody waits for what these show. */
  readonly #followed = new Set<KubeReflector>();
  readonly #reflectors: { readonly kind: string; readonly reflector: KubeReflector }[] = [];
  #told: string | undefined = 'is starting';
  #isRunning = false;
  #isStopped = false;

  /** Asked by reflectors that are due to compare themselves with the API server. */
  mayCheckViews: () => boolean = () => false;

  constructor(start: WebhookStart | EngineStart, role: string) {
    this.#role = role;
    this.log = createLogger({ level: start.logLevel, pretty: process.stderr.isTTY === true, fields: { role } });
    this.metrics = createMetrics({ log: this.log, strict: false });
    this.#connections = connectionFromPort(start.connectionPort, start.connection);
    this.http = createKubeHttp(this.#connections);
  }

  /** Connections of their own, for what must not wait behind anything else. */
  openHttp(maxWriteSockets: number): KubeHttp {
    const http = createKubeHttp(this.#connections, { maxWriteSockets });
    this.#others.push(http);
    return http;
  }

  reflect<T>({ type, ...kind }: WatchedKind<T>, ...handlers: readonly ChangeHandler<T>[]): void {
    const handler: ChangeHandler<T> = (changes) => {
      for (const handle of handlers) handle(changes);
    };
    this.#reflectors.push({
      kind: type.plural,
      reflector: createReflector({ ...this.#reflectorPorts(), ...kind, type, handler }),
    });
  }

  /**
   * Reads one object beside the views that decisions rest on: they are made whether it can be read or not. Gives what ends
   * it before its time.
   */
  follow<T>({ name, ...where }: FollowedObject<T>, handler: ChangeHandler<T>): () => void {
    const fieldSelector = `metadata.name=${name}`;
    const reflector = this.open({ ...where, fieldSelector, handler });
    this.#followed.add(reflector);
    if (this.#isRunning) reflector.start();
    return () => {
      this.#followed.delete(reflector);
      void reflector.stop();
    };
  }

  /** A reflector for whoever starts and stops it. */
  open<T>(options: OpenedReflector<T>): KubeReflector {
    return createReflector({ ...this.#reflectorPorts(), ...options });
  }

  /** Why nobody should decide on what was read; undefined when every watch stands. */
  get viewProblem(): string | undefined {
    for (const { kind, reflector } of this.#reflectors) {
      const problem = reflector.problem();
      if (problem !== undefined) return `the watch of ${kind} ${problem}`;
    }
    return undefined;
  }

  /** Resolves once whatever the API server has taken by now is handed over. */
  async catchUp(): Promise<void> {
    await Promise.all(this.#reflectors.map(({ reflector }) => reflector.catchUp()));
  }

  /** Starts the reflectors and tells the main thread whenever readiness changes; `onSynced` is called once all views stand. */
  run(isReady: () => boolean, onSynced: () => void = nothing): void {
    if (this.#isStopped) return;
    this.#isRunning = true;
    let isSynced = false;
    for (const reflector of this.#all()) reflector.start();
    setInterval(() => {
      this.#tellState(isReady);
      if (isSynced || this.viewProblem !== undefined || !isReady()) return;
      isSynced = true;
      onSynced();
    }, STATE_INTERVAL_MS).unref();
  }

  onOrder(handle: (order: Order) => void): void {
    parentPort?.on('message', (order: Order) => {
      if (order.kind === 'metrics') void this.#answerMetrics(order.id);
      else handle(order);
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#all().map((reflector) => reflector.stop()));
    await Promise.all([this.http, ...this.#others].map((http) => http.close()));
    parentPort?.close();
  }

  report(report: Report): void {
    parentPort?.postMessage(report);
  }

  fatal(message: string): void {
    this.log.error('fatal', { message });
    this.report({ kind: 'fatal', message });
  }

  #all(): readonly KubeReflector[] {
    return [...this.#reflectors.map(({ reflector }) => reflector), ...this.#followed];
  }

  #reflectorPorts(): Omit<ReflectorOptions<unknown>, 'type' | 'project' | 'keyOf' | 'handler'> {
    const { http, clock, randomness, metrics, log } = this;
    const onFatal = (error: Error): void => this.fatal(error.stack ?? error.message);
    const mayCheckItself = (): boolean => this.mayCheckViews();
    return { http, clock, randomness, metrics, log, thread: this.#role, onFatal, mayCheckItself };
  }

  #tellState(isReady: () => boolean): void {
    const problem = this.viewProblem ?? (isReady() ? undefined : 'has not read the cluster yet');
    if (problem === this.#told) return;
    this.#told = problem;
    this.report({ kind: 'state', problem });
  }

  async #answerMetrics(id: number): Promise<void> {
    this.report({ kind: 'metrics', id, snapshot: await this.metrics.snapshot() });
  }
}

/** The data that the main thread started this worker with. */
export function startData<T extends WebhookStart | EngineStart>(): T {
  if (parentPort === null) throw new InvariantError('Cannot start: this file runs as a worker thread only');
  return workerData as T;
}

function nothing(): void {}
