import { resourcePath } from '../../../api/resources.ts';
import type {
  Clock,
  ClusterWriter,
  Leadership,
  Logger,
  Metrics,
  WriteOutcome,
  WriteRequest,
} from '../../../engine/ports.ts';
import type { AnswerReceiver } from '../connect/exchange.ts';
import type { HttpRequest, KubeHttp } from '../connect/http-client.ts';
import { WriteLanes } from './write-lanes.ts';
import type { Lane } from './write-lanes.ts';
import { classifyAnswer } from './write-outcome.ts';

/** What the writer needs. */
export interface WriterOptions {
  readonly http: KubeHttp;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** Asked before every send; absent for the lease itself and for set-up. */
  readonly leadership?: Leadership | undefined;
  readonly maxInFlight?: number;
  /** Of a leader: less than the time between the end of its term and the earliest take-over. */
  readonly timeoutMs?: number;
}

/** A writer that can be waited for. */
export interface KubeWriter extends ClusterWriter {
  /** From now on only decisions are sent; statuses and events that wait are given up, those in flight end. */
  dropLower(): void;
  /** Resolves when nothing waits or is in flight. */
  idle(): Promise<void>;
}

const MAX_IN_FLIGHT = 32;
const WRITE_TIMEOUT_MS = 4000;
/** Events beyond this many are dropped: they must never hold the memory that decisions need. */
const MAX_WAITING_EVENTS = 2000;

const METHODS = {
  get: 'GET',
  create: 'POST',
  mergePatch: 'PATCH',
  strategicPatch: 'PATCH',
  apply: 'PATCH',
  replace: 'PUT',
  delete: 'DELETE',
} as const;
const NOT_LEADER: WriteOutcome = Object.freeze({ kind: 'notLeader' });

/** Writes raw JSON over the shared connections, decisions first. */
export function createWriter(options: WriterOptions): KubeWriter {
  return new LaneWriter(options);
}

class LaneWriter implements KubeWriter {
  readonly options: WriterOptions;
  readonly timeoutMs: number;
  readonly #lanes: WriteLanes<PendingWrite>;
  #idleWaiters: (() => void)[] = [];
  #isPumping = false;
  #takesLower = true;

  constructor(options: WriterOptions) {
    this.options = options;
    this.timeoutMs = options.timeoutMs ?? WRITE_TIMEOUT_MS;
    this.#lanes = new WriteLanes(options.maxInFlight ?? MAX_IN_FLIGHT);
  }

  write(request: WriteRequest): Promise<WriteOutcome> {
    if (request.lane === 'event' && this.#lanes.waiting('event') >= MAX_WAITING_EVENTS) {
      return Promise.resolve({ kind: 'throttled', retryAfterMs: 1000, message: 'too many events wait to be written' });
    }
    if (!this.#takesLower && request.lane !== 'decision') return Promise.resolve(NOT_LEADER);
    return new Promise((resolve) => {
      this.#lanes.push(request.lane, new PendingWrite(this, request, resolve));
      this.#pump();
    });
  }

  dropLower(): void {
    this.#takesLower = false;
    for (const write of this.#lanes.dropLower()) write.giveUp();
    this.#tellIdle();
  }

  idle(): Promise<void> {
    return this.#isIdle() ? Promise.resolve() : new Promise((resolve) => this.#idleWaiters.push(resolve));
  }

  /** Called by a write that is over. */
  finished(write: PendingWrite, outcome: WriteOutcome): void {
    this.#lanes.release(write.request.lane);
    this.#measure(write, outcome);
    this.#pump();
    this.#tellIdle();
  }

  mayWrite(): boolean {
    return this.options.leadership?.isLeader() ?? true;
  }

  /** Not re-entrant: thousands of writes that fail at once (no leader any more) must not nest. */
  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    for (let next = this.#lanes.next(); next !== undefined; next = this.#lanes.next()) next.send();
    this.#isPumping = false;
  }

  #tellIdle(): void {
    if (this.#idleWaiters.length === 0 || !this.#isIdle()) return;
    const waiters = this.#idleWaiters;
    this.#idleWaiters = [];
    for (const resolve of waiters) resolve();
  }

  #isIdle(): boolean {
    return LANES.every((lane) => this.#lanes.waiting(lane) + this.#lanes.inFlight(lane) === 0);
  }

  #measure({ request, sentAtMs }: PendingWrite, { kind }: WriteOutcome): void {
    const { metrics, clock } = this.options;
    const { lane, verb, type, subresource } = request;
    const resource = subresource === '' ? type.plural : `${type.plural}/${subresource}`;
    metrics.count('sluice_writes_total', { lane, verb, resource, outcome: kind });
    if (kind !== 'notLeader')
      metrics.observe('sluice_write_latency_milliseconds', { lane }, clock.monotonicMs() - sentAtMs);
    metrics.gauge('sluice_writes_waiting', { lane }, this.#lanes.waiting(lane));
    metrics.gauge('sluice_writes_in_flight', { lane }, this.#lanes.inFlight(lane));
  }
}

const LANES: readonly Lane[] = ['decision', 'status', 'event'];

/** One write on its way; it is its own receiver, so that a write costs few allocations. */
class PendingWrite implements AnswerReceiver {
  readonly request: WriteRequest;
  sentAtMs = 0;
  readonly #writer: LaneWriter;
  readonly #resolve: (outcome: WriteOutcome) => void;
  #mayRefresh = true;

  constructor(writer: LaneWriter, request: WriteRequest, resolve: (outcome: WriteOutcome) => void) {
    this.#writer = writer;
    this.request = request;
    this.#resolve = resolve;
  }

  send(): void {
    if (!this.#writer.mayWrite()) {
      this.#finish(NOT_LEADER);
      return;
    }
    const { http, clock } = this.#writer.options;
    this.sentAtMs = clock.monotonicMs();
    http.send(toHttp(this.request, this.#writer.timeoutMs), this, this.#writer.timeoutMs);
  }

  /** Told to a write that was never sent, and is not going to be. */
  giveUp(): void {
    this.#resolve(NOT_LEADER);
  }

  /** A made binding says nothing new, and nobody reads a written event. */
  wantsBody(status: number): boolean {
    return status >= 300 || (this.request.subresource !== 'binding' && this.request.lane !== 'event');
  }

  onAnswer(status: number, retryAfterMs: number | undefined, body: string): void {
    if (status === 401 && this.#mayRefresh) {
      this.#mayRefresh = false;
      this.#writer.options.http.refreshCredentials().then(
        () => this.send(),
        () => this.#finish(REFUSED_CREDENTIALS),
      );
      return;
    }
    this.#finish(classifyAnswer(status, retryAfterMs, body));
  }

  onFailure(message: string): void {
    this.#finish({ kind: 'unknown', message });
  }

  #finish(outcome: WriteOutcome): void {
    this.#resolve(outcome);
    this.#writer.finished(this, outcome);
  }
}

const REFUSED_CREDENTIALS: WriteOutcome = Object.freeze({
  kind: 'refused',
  code: 401,
  message: 'the credentials were refused and could not be read again',
});

/** What Sluice says of a field holds: whoever set it before is told that it is not theirs any more. */
function asManager({ manager = 'sluice' }: WriteRequest): string {
  return `&fieldManager=${manager}&force=true`;
}

function toHttp(request: WriteRequest, timeoutMs: number): HttpRequest {
  const { verb, type, namespace, name, subresource, body, isTrial } = request;
  const isCollection = verb === 'create' && subresource === '';
  const path = resourcePath(type, namespace, isCollection ? '' : name, subresource);
  const hasBody = body !== undefined && verb !== 'get';
  return {
    method: METHODS[verb],
    // The server gives up when we do: a write that we have stopped waiting for must not happen much later.
    path:
      verb === 'get'
        ? path
        : `${path}?timeout=${timeoutMs}ms${verb === 'apply' ? asManager(request) : ''}${isTrial === true ? '&dryRun=All' : ''}`,
    contentType: hasBody ? contentType(verb) : '',
    body: hasBody ? JSON.stringify(body) : null,
  };
}

function contentType(verb: WriteRequest['verb']): string {
  if (verb === 'mergePatch') return 'application/merge-patch+json';
  if (verb === 'apply') return 'application/apply-patch+yaml';
  return verb === 'strategicPatch' ? 'application/strategic-merge-patch+json' : 'application/json';
}
