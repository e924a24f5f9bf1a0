import type { ResourceType } from '../../api/resources.ts';
import type { Clock, ClusterWriter, WriteOutcome, WriteRequest } from '../../engine/ports.ts';
import type { JsonObject } from '../../lib/json.ts';
import { retry } from '../../lib/retry.ts';
import { SetupError } from '../setup-error.ts';

const RETRY_MS = 300;
/** A cluster that is just coming up refuses connections for a moment. */
const PATIENCE_MS = 10_000;

/** Single reads and writes at start and stop, repeated while the server is not to be had, told in one line when it fails. */
export class Cluster {
  readonly server: string;
  readonly #writer: ClusterWriter;
  readonly #clock: Clock;

  constructor(server: string, writer: ClusterWriter, clock: Clock) {
    this.server = server;
    this.#writer = writer;
    this.#clock = clock;
  }

  /** Reads an object; repeated while the server is not to be had. */
  get(type: ResourceType, name: string): Promise<WriteOutcome> {
    return this.#patiently({ ...request(type, name, ''), verb: 'get', body: undefined });
  }

  /** Reads an object, or a collection when the name is empty, once. */
  look(type: ResourceType, name: string): Promise<WriteOutcome> {
    return this.#writer.write({ ...request(type, name, ''), verb: 'get', body: undefined });
  }

  /** Creates the object, or makes the one that exists look like it. Throws a SetupError when the server will not have it. */
  async apply(type: ResourceType, name: string, object: JsonObject, namespace = ''): Promise<void> {
    const base = request(type, name, namespace);
    const created = await this.#patiently({ ...base, verb: 'create', body: object });
    if (created.kind === 'done') return;
    const outcome =
      created.kind === 'conflict' ? await this.#patiently({ ...base, verb: 'mergePatch', body: object }) : created;
    if (outcome.kind !== 'done') throw this.#failure(`install ${type.plural} ${name}`, outcome);
  }

  async create(type: ResourceType, object: JsonObject, what: string): Promise<JsonObject | undefined> {
    const outcome = await this.#patiently({ ...request(type, '', ''), verb: 'create', body: object });
    if (outcome.kind === 'done') return outcome.object;
    if (outcome.kind === 'conflict') return undefined;
    throw this.#failure(what, outcome);
  }

  /** Removes the object if it is there; a failure is the caller's to tell. */
  remove(type: ResourceType, name: string): Promise<WriteOutcome> {
    return this.#writer.write({ ...request(type, name, ''), verb: 'delete', body: undefined });
  }

  #failure(what: string, outcome: WriteOutcome): SetupError {
    const why = 'message' in outcome ? outcome.message : outcome.kind;
    const isSilent = outcome.kind === 'unknown' || outcome.kind === 'throttled';
    return new SetupError(
      isSilent ? `the cluster at ${this.server} does not answer: ${why}` : `cannot ${what}: ${why}`,
    );
  }

  #patiently(write: WriteRequest): Promise<WriteOutcome> {
    const deadlineMs = this.#clock.monotonicMs() + PATIENCE_MS;
    return retry(() => this.#writer.write(write), {
      bounds: { minMs: RETRY_MS, maxMs: RETRY_MS },
      wait: (delayMs) => new Promise((resolve) => void this.#clock.after(delayMs, resolve)),
      pauseAfter: ({ kind }) => (kind === 'unknown' || kind === 'throttled' ? 0 : undefined),
      hasTime: () => this.#clock.monotonicMs() < deadlineMs,
    });
  }
}

function request(type: ResourceType, name: string, namespace: string): Omit<WriteRequest, 'verb' | 'body'> {
  return { type, name, namespace, subresource: '', lane: 'decision' };
}
