import type { Clock, ClusterWriter, WriteOutcome, WriteRequest } from '../../src/engine/ports.ts';
import { isJsonObject, objectAt, stringAt } from '../../src/lib/json.ts';
import type { JsonObject } from '../../src/lib/json.ts';

/** What happens to one request on its way: times in milliseconds, and whether it or its answer is lost. */
export interface Passage {
  readonly thereMs: number;
  readonly backMs: number;
  readonly lost: 'nothing' | 'request' | 'answer';
}

/** One Lease object with the API server's rules for preconditions. */
export class LeaseServer {
  lease: JsonObject | undefined;
  /** Kubernetes makes a missing Lease anew when it is replaced; false: as other kinds do. */
  makesMissing = true;
  /** Writes that took effect. */
  writes = 0;
  #version = 0;

  handle(request: WriteRequest): WriteOutcome {
    const { verb, body } = request;
    if (verb === 'create')
      return this.lease === undefined ? this.#store(body) : { kind: 'conflict', message: 'exists' };
    if (this.lease === undefined) {
      if (verb === 'replace' && this.makesMissing) return this.#store(body);
      return { kind: 'notFound', message: 'no lease' };
    }
    if (verb === 'get') return { kind: 'done', object: this.lease };
    const wanted = stringAt(body, ['metadata', 'resourceVersion']);
    if (wanted !== stringAt(this.lease, ['metadata', 'resourceVersion']))
      return { kind: 'conflict', message: 'changed' };
    return this.#store(body);
  }

  get holder(): string {
    return stringAt(this.lease, ['spec', 'holderIdentity']);
  }

  #store(body: JsonObject | undefined): WriteOutcome {
    this.#version += 1;
    this.writes += 1;
    const spec = objectAt(body, 'spec');
    this.lease = {
      ...(isJsonObject(body) ? body : {}),
      metadata: { ...objectAt(body, 'metadata'), resourceVersion: String(this.#version) },
      spec,
    };
    return { kind: 'done', object: this.lease };
  }
}

/** A writer over a slow and lossy way to the server, with the writer's time-out. */
export function slowWriter(server: LeaseServer, clock: Clock, passage: () => Passage, timeoutMs = 4000): ClusterWriter {
  return {
    write: (request) =>
      new Promise((resolve) => {
        const { thereMs, backMs, lost } = passage();
        clock.after(timeoutMs, () => resolve({ kind: 'unknown', message: 'no answer' }));
        if (lost === 'request') return;
        clock.after(thereMs, () => {
          const outcome = server.handle(request);
          if (lost !== 'answer') clock.after(backMs, () => resolve(outcome));
        });
      }),
  };
}

/** A process that can be held still: its timers, and so its answers, come late. Its clock goes on. */
export class StallingClock implements Clock {
  readonly #clock: Clock;
  #stalledUntilMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  stall(forMs: number): void {
    this.#stalledUntilMs = Math.max(this.#stalledUntilMs, this.#clock.monotonicMs() + forMs);
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  monotonicMs(): number {
    return this.#clock.monotonicMs();
  }

  after(delayMs: number, task: () => void): () => void {
    let cancel: () => void = () => undefined;
    const run = (): void => {
      const leftMs = this.#stalledUntilMs - this.#clock.monotonicMs();
      if (leftMs > 0) cancel = this.#clock.after(leftMs, run);
      else task();
    };
    cancel = this.#clock.after(delayMs, run);
    return () => cancel();
  }
}
