import { resourcePath } from '../../../api/resources.ts';
import type { Reflector } from '../../../engine/ports.ts';
import { Backoff } from '../../../lib/backoff.ts';
import { stringAt } from '../../../lib/json.ts';
import type { JsonObject } from '../../../lib/json.ts';
import { compareResourceVersions } from '../../../lib/resource-version.ts';
import { ChangeQueue } from './change-queue.ts';
import type { WatchEventType } from './encoding.ts';
import { catchUp } from './catch-up.ts';
import { endSilentList } from './list-silence.ts';
import type { ListSilenceOptions } from './list-silence.ts';
import { listPages, newestVersion } from './list-pages.ts';
import type { PagedListOptions } from './list-pages.ts';
import { acceptHeader, hasProtobuf, metadataAcceptHeader, METADATA_WATCH_ACCEPT_HEADER } from './negotiation.ts';
import { ObjectView } from './object-view.ts';
import { REFLECTOR_TIMINGS } from './reflector-options.ts';
import type { ReflectorOptions, ReflectorTimings } from './reflector-options.ts';
import { ReflectorRun } from './reflector-run.ts';
import { ReflectorStats } from './reflector-stats.ts';
import { planRetry } from './retry-plan.ts';
import type { RetryPlan } from './retry-plan.ts';
import { runSelfCheck } from './self-check.ts';
import { WatchHealth } from './watch-health.ts';
import { selectorQuery, watchPath } from './watch-path.ts';
import { openWatch } from './watch-stream.ts';
import type { BreakCause, WatchEnd } from './watch-stream.ts';

/** A reflector that also takes the answers of own writes. */
export interface KubeReflector extends Reflector {
  /** Hands the object of an answered write over, unless something newer is known. */
  observe(raw: JsonObject): void;
  /** Objects that the view holds, those that cannot be read included. */
  readonly size: number;
}

/** Follows one resource: lists it, watches it, and tells the handler what changed. */
export function createReflector<T>(options: ReflectorOptions<T>): KubeReflector {
  return new ResourceReflector(options);
}

const INITIAL_END_ANNOTATION = 'k8s.io/initial-events-end';
/** How long a self-check waits for the watch to catch up: three bookmarks. */
const SELF_CHECK_PATIENCE_MS = 180_000;
/** Up to so many objects a new list is cheaper than to wait for a bookmark. */
const RELIST_AT_MOST = 1000;
/** How often it is asked for a kind that it does not serve; anything may be true of a view that heard nothing for longer. */
const ABSENT_MS = 60_000;
/** A server sends a bookmark two seconds before it ends a watch. */
const HURRIED_WATCH_SECONDS = 3;

const NOT_SERVED = 404;

class ResourceReflector<T> implements KubeReflector {
  readonly #options: ReflectorOptions<T>;
  readonly #timings: ReflectorTimings;
  readonly #stats: ReflectorStats;
  readonly #backoff: Backoff;
  readonly #view: ObjectView<T>;
  readonly #path: string;
  readonly #query: Readonly<Record<string, string>>;
  #run: ReflectorRun<T> | undefined;
  #usePages = false;
  #useProtobuf: boolean;
  #metadataOnly: boolean;
  #listCause = 'start';
  #isHandedOver = false;
  #wasUnauthorized = false;
  #isHurried = false;
  #isAbsent = false;
  readonly #health: WatchHealth;
  readonly #silence: ListSilenceOptions;
  readonly #label: string;

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
    this.#timings = { ...REFLECTOR_TIMINGS, ...options.timings };
    this.#label = options.label ?? options.type.plural;
    this.#stats = new ReflectorStats(options.metrics, this.#label, options.thread ?? 'main');
    const { backoffMinMs, backoffMaxMs } = this.#timings;
    this.#backoff = new Backoff({ minMs: backoffMinMs, maxMs: backoffMaxMs }, () => options.randomness.fraction());
    this.#view = new ObjectView(options, {
      onChange: (change) => this.#run?.queue.push(change),
      onStale: (kind) => this.#stats.stale(kind),
      onMalformed: (key, problem) => this.#reportMalformed(key, problem),
    });
    this.#path = resourcePath(options.type, options.namespace);
    this.#query = selectorQuery(options);
    const health = new WatchHealth(options.clock);
    this.#health = health;
    this.#silence = {
      clock: options.clock,
      limitMs: this.#timings.listSilenceMs,
      silentForMs: () => health.silentForMs(),
      isListing: () => this.#view.isListing,
    };
    this.#metadataOnly = options.metadataOnly === true;
    this.#useProtobuf = !this.#metadataOnly && hasProtobuf(options.type);
  }

  get synced(): boolean {
    return this.#isHandedOver && !this.#health.isRefused;
  }

  get size(): number {
    return this.#view.size;
  }

  problem(): string | undefined {
    return this.#health.problem() ?? (this.#isHandedOver ? undefined : 'is not listed yet');
  }

  async catchUp(): Promise<void> {
    const run = this.#run;
    if (run === undefined || this.#isAbsent) return;
    const isStopped = (): boolean => run.isStopped;
    await catchUp({
      newestVersion: () => newestVersion(this.#metadataTarget(run), isStopped),
      hasPassed: (version) => this.#hasHandedOver(run, version),
      hurry: () => this.#hurry(run),
      wait: (delayMs) => run.wait(delayMs),
      isStopped,
    });
    this.#isHurried = false;
  }

  start(): void {
    if (this.#run !== undefined) return;
    const run = new ReflectorRun<T>(this.#openQueue(), this.#options.clock);
    this.#run = run;
    this.#listCause = 'start';
    this.#beat(run);
    this.#selfCheckLater(run);
    // Not at once: `start` returns before anything happens, and a `stop` right after it opens no connection.
    queueMicrotask(() => {
      void this.#loop(run)
        .catch((error: unknown) => this.#die(run, error))
        .then(() => run.finish());
    });
  }

  async stop(): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    this.#run = undefined;
    run.stop();
    this.#view.clear();
    this.#isHandedOver = false;
    this.#isAbsent = false;
    this.#health.stands();
    this.#backoff.reset();
    await run.done;
  }

  observe(raw: JsonObject): void {
    if (this.#run !== undefined) this.#view.observe(raw);
  }

  get #listsInPages(): boolean {
    return this.#usePages || (this.#useProtobuf && this.#options.isNumerous === true);
  }

  #openQueue(): ChangeQueue<T> {
    return new ChangeQueue<T>({
      handler: (changes) => {
        this.#options.handler(changes);
        if (!this.#isHandedOver && changes.some((change) => change.kind === 'replace')) this.#isHandedOver = true;
      },
      monotonicMs: () => this.#options.clock.monotonicMs(),
      maxBatch: this.#timings.maxBatch,
      maxWaiting: this.#timings.maxWaiting,
      onFull: () => this.#run?.watch?.pause(),
      onDrained: () => this.#run?.watch?.resume(),
      onBatch: (_, lagMs) => this.#stats.batch(lagMs),
      onFatal: (error) => this.#die(this.#run, error),
    });
  }

  #die(run: ReflectorRun<T> | undefined, error: unknown): void {
    if (run === undefined || run.isStopped) return;
    void this.stop();
    this.#options.onFatal(error instanceof Error ? error : new Error(String(error)));
  }

  async #loop(run: ReflectorRun<T>): Promise<void> {
    while (!run.isStopped) {
      const startedMs = this.#options.clock.monotonicMs();
      const mustList = this.#view.version === '';
      const wasStreamingList = mustList && !this.#listsInPages;
      const fromVersion = this.#view.version;
      if (mustList) this.#stats.list(this.#listCause);
      const end = await (mustList && !wasStreamingList ? this.#listPages(run) : this.#watch(run, mustList));
      if (run.isStopped) return;
      if (end === undefined) continue;
      const stoodMs = this.#options.clock.monotonicMs() - startedMs;
      const plan = planRetry(end, {
        hadProgress: this.#view.version !== fromVersion,
        stoodLong: !this.#view.isListing && stoodMs >= this.#timings.healthyAfterMs,
        wasStreamingList: wasStreamingList && this.#view.isListing,
        wasNegotiated: this.#useProtobuf || this.#metadataOnly,
        wasUnauthorized: this.#wasUnauthorized,
        isHurried: this.#isHurried,
      });
      this.#view.abandonList();
      if (this.#options.isOptional === true && end.kind === 'refused' && end.code === NOT_SERVED) {
        await this.#passOver(run);
        continue;
      }
      this.#health.broke();
      if (plan.isShutOut) this.#health.refused(end.message);
      this.#report(end, plan);
      await this.#follow(run, plan);
    }
  }

  /** Of a kind that the server does not serve there are no objects, until it does. */
  async #passOver(run: ReflectorRun<T>): Promise<void> {
    if (!this.#isAbsent) {
      this.#options.log.info('the API server does not serve a kind', { resource: this.#label });
      run.queue.push({ kind: 'replace', records: [] });
    }
    this.#isAbsent = true;
    this.#view.forgetVersion();
    this.#health.stands();
    this.#health.sign();
    await run.wait(ABSENT_MS);
  }

  async #follow(run: ReflectorRun<T>, plan: RetryPlan): Promise<void> {
    if (plan.usePages) this.#usePages = true;
    if (plan.useJson) {
      this.#useProtobuf = false;
      this.#metadataOnly = false;
    }
    if (plan.forgetVersion) {
      this.#view.forgetVersion();
      this.#listCause = this.#isHurried ? 'catchUp' : plan.cause;
    }
    this.#wasUnauthorized = plan.refreshCredentials;
    if (plan.resetBackoff) this.#backoff.reset();
    if (plan.refreshCredentials) await this.#options.http.refreshCredentials().catch(() => undefined);
    if (plan.delay.kind === 'brief') await run.wait(this.#timings.resumeMs);
    if (plan.delay.kind === 'backoff') await run.wait(Math.max(plan.delay.atLeastMs, this.#backoff.nextMs()));
  }

  /** Undefined: the list is complete, and the watch can start. */
  async #listPages(run: ReflectorRun<T>): Promise<WatchEnd | undefined> {
    this.#view.beginList();
    const onItem = (item: JsonObject): boolean => this.#view.take('ADDED', item);
    const onChunk = (bytes: number): void => this.#noteChunk(bytes);
    const end = await listPages({ ...this.#listTarget(run), onItem, onChunk }, () => run.isStopped);
    if (end.kind !== 'listed') return end;
    this.#commitList(end.version);
    return undefined;
  }

  #listTarget(run: ReflectorRun<T>): Omit<PagedListOptions, 'onItem'> {
    const { http, clock, randomness } = this.#options;
    const { pageSize, protobufPageSize, idleLimitMs } = this.#timings;
    const wait = (delayMs: number): Promise<void> => run.wait(delayMs);
    const accept = this.#metadataOnly ? metadataAcceptHeader(false) : acceptHeader(this.#useProtobuf);
    const target = { http, clock, randomness, path: this.#path, query: this.#query, accept, idleLimitMs, wait };
    return { ...target, pageSize: this.#useProtobuf ? protobufPageSize : pageSize };
  }

  #metadataTarget(run: ReflectorRun<T>): Omit<PagedListOptions, 'onItem'> {
    return { ...this.#listTarget(run), accept: metadataAcceptHeader(this.#useProtobuf) };
  }

  #hasHandedOver(run: ReflectorRun<T>, version: string): boolean {
    const isNewEnough = compareResourceVersions(this.#view.version, version) >= 0;
    return isNewEnough && !this.#view.isListing && this.#isHandedOver && run.queue.isEmpty;
  }

  /** A list or watch that is only being opened is left alone: it is as new as can be. So is one that is hurried already. */
  #hurry(run: ReflectorRun<T>): void {
    if (this.#view.isListing || this.#isHurried || run.watch?.isOpen !== true) return;
    if (this.#view.size <= RELIST_AT_MOST) {
      this.#view.forgetVersion();
      this.#listCause = 'catchUp';
    } else {
      this.#isHurried = true;
    }
    run.watch.stop('renewed');
  }

  async #watch(run: ReflectorRun<T>, isStreamingList: boolean): Promise<WatchEnd> {
    if (isStreamingList) this.#view.beginList();
    const watch = openWatch({
      http: this.#options.http,
      clock: this.#options.clock,
      path: this.#watchPath(isStreamingList),
      accept: this.#metadataOnly ? METADATA_WATCH_ACCEPT_HEADER : acceptHeader(this.#useProtobuf),
      idleLimitMs: this.#timings.idleLimitMs,
      maxEventBytes: this.#timings.maxEventBytes,
      onOpen: () => {
        if (!this.#view.isListing) this.#health.stands();
      },
      onEvent: (type, object) => (run.isStopped ? 'stopped' : this.#take(type, object)),
      onChunk: (bytes) => this.#noteChunk(bytes),
    });
    run.watch = watch;
    const cancelSilence = isStreamingList ? endSilentList(watch, this.#silence) : undefined;
    const end = await watch.end;
    cancelSilence?.();
    run.watch = undefined;
    return end;
  }

  #watchPath(isStreamingList: boolean): string {
    const { watchMinSeconds, watchMaxSeconds } = this.#timings;
    const spread = this.#options.randomness.fraction() * (watchMaxSeconds - watchMinSeconds);
    return watchPath({
      path: this.#path,
      selectors: this.#query,
      timeoutSeconds: this.#isHurried ? HURRIED_WATCH_SECONDS : watchMinSeconds + Math.floor(spread),
      fromVersion: isStreamingList ? undefined : this.#view.version,
    });
  }

  #take(type: WatchEventType, object: JsonObject): BreakCause | undefined {
    this.#stats.event(type);
    if (type === 'BOOKMARK') return this.#takeBookmark(object);
    return this.#view.take(type, object) ? undefined : 'corrupt';
  }

  #takeBookmark(object: JsonObject): BreakCause | undefined {
    const version = stringAt(object, ['metadata', 'resourceVersion']);
    if (version === '') return 'corrupt';
    if (!this.#view.isListing) {
      this.#view.advance(version);
      return undefined;
    }
    const isEnd = stringAt(object, ['metadata', 'annotations', INITIAL_END_ANNOTATION]) === 'true';
    if (!isEnd) return 'unsupported';
    this.#commitList(version);
    return undefined;
  }

  #commitList(version: string): void {
    this.#isAbsent = false;
    this.#view.commitList(version);
    this.#backoff.reset();
    this.#health.stands();
    this.#health.sign();
    this.#wasUnauthorized = false;
    this.#options.log.debug('listed', { resource: this.#label, objects: this.#view.size, version });
  }

  #noteChunk(bytes: number): void {
    this.#health.sign();
    this.#wasUnauthorized = false;
    this.#stats.chunk(bytes);
  }

  #report(end: WatchEnd, plan: RetryPlan): void {
    this.#stats.watchEnd(plan.cause);
    const fields = { resource: this.#label, cause: plan.cause, message: end.message };
    const isPlanned = end.kind === 'broken' && (end.cause === 'closed' || end.cause === 'renewed');
    if (isPlanned) this.#options.log.debug('watch ended', fields);
    else this.#options.log.warn('list or watch broke off', fields);
  }

  #reportMalformed(key: string, problem: string): void {
    this.#stats.malformed();
    this.#options.log.warn('object cannot be read', { resource: this.#label, key, problem });
  }

  #beat(run: ReflectorRun<T>): void {
    this.#stats.beat(this.#health.silentForMs(), this.#view.size, this.synced);
    run.after('beat', this.#timings.beatMs, () => this.#beat(run));
  }

  #selfCheckLater(run: ReflectorRun<T>): void {
    // Spread: kinds and processes that started together must not all list at once.
    const delayMs = this.#timings.selfCheckEveryMs * (1 + this.#options.randomness.fraction() / 2);
    run.after('selfCheck', delayMs, () => {
      void this.#selfCheck(run).finally(() => this.#selfCheckLater(run));
    });
  }

  async #selfCheck(run: ReflectorRun<T>): Promise<void> {
    if (!this.synced || this.#view.version === '' || this.#options.mayCheckItself?.() === false) return;
    const result = await runSelfCheck({
      view: this.#view,
      list: this.#metadataTarget(run),
      isStopped: () => run.isStopped || this.#view.isListing,
      patienceMs: SELF_CHECK_PATIENCE_MS,
    });
    if (run.isStopped) return;
    this.#stats.selfCheck(result.kind, result.kind === 'mismatch' ? result.keys.length : 0);
    if (result.kind !== 'mismatch') return;
    const examples = result.keys.slice(0, 5).join(' ');
    this.#options.log.error('view differs from the API server, listing again', {
      resource: this.#label,
      keys: result.keys.length,
      examples,
    });
    this.#view.forgetVersion();
    this.#listCause = 'mismatch';
    run.watch?.stop('closed');
  }
}
