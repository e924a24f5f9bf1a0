import { hostname } from 'node:os';
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import type { LoadedCredentials } from '../../adapters/kube/connect/credentials.ts';
import type { KeyRing } from '../../engine/submitters/key-ring.ts';
import type { Logger } from '../../engine/ports.ts';
import { WorkerHandle } from './worker-handle.ts';
import type { EngineStart } from './worker-link.ts';

export interface EngineThreadOptions {
  readonly credentials: LoadedCredentials;
  readonly start: Omit<EngineStart, 'connection' | 'connectionPort' | 'identity' | 'toWebhook' | 'submitterKeys'>;
  /** As they are when a thread begins. */
  readonly submitterKeys: () => KeyRing;
  /** A thread loads before that, and reads nothing. */
  readonly mayBegin: Promise<void>;
  /** A webhook runs in this process, too, and will ask. */
  readonly hasWebhook: boolean;
  /** Called when the cluster serves other workload kinds than before. */
  readonly onServed: () => void;
  readonly onFatal: (message: string) => void;
  readonly log: Logger;
}

/** Longer than the writes of a lost term may take; a thread that does not come to its end by then is ended. */
const END_MS = 6000;

/**
 * The engine of this process: a thread, and another one after it whenever that has lost the lead, with a clean state and a name of
 * its own in the election. Reviews go on meanwhile.
 */
export class EngineThread {
  readonly #options: EngineThreadOptions;
  #worker: WorkerHandle;
  /** The webhook's end of the channel to the thread, until the webhook is there to take it. */
  #unclaimed: MessagePort | undefined;
  #webhook: WorkerHandle | undefined;
  #replaced: Promise<void> = Promise.resolve();
  /** A thread follows one that was ready, and is not ready itself yet. */
  #isFollowing = false;
  #isEnding = false;

  constructor(options: EngineThreadOptions) {
    this.#options = options;
    this.#worker = this.#begin();
  }

  get worker(): WorkerHandle {
    return this.#worker;
  }

  /** Why the process is not ready on account of its engine. Who answers reviews is, while one thread follows another. */
  get problem(): string | undefined {
    const { problem } = this.#worker;
    if (problem === undefined) this.#isFollowing = false;
    return this.#isFollowing && this.#options.hasWebhook ? undefined : problem;
  }

  /** The webhook of this process, which asks the thread and all that follow. */
  serve(webhook: WorkerHandle): void {
    this.#webhook = webhook;
    this.#link();
  }

  /** Resolves once the thread is ready, or the one that follows it. */
  async ready(): Promise<void> {
    const worker = this.#worker;
    await worker.until(() => worker.problem === undefined || worker.hasEnded);
    await this.#replaced;
    if (worker !== this.#worker) await this.ready();
  }

  async stop(): Promise<void> {
    this.#isEnding = true;
    await this.#replaced;
    await this.#worker.stop();
  }

  #begin(): WorkerHandle {
    const { credentials, start, submitterKeys, mayBegin, hasWebhook, onServed, onFatal } = this.#options;
    const channel = hasWebhook ? new MessageChannel() : undefined;
    this.#unclaimed = channel?.port2;
    const identity = `${hostname()}_${crypto.randomUUID()}`;
    const onLost = (reason: string): void => this.#replace(reason);
    const worker = new WorkerHandle(
      'engine',
      credentials,
      { ...start, submitterKeys: submitterKeys(), identity, toWebhook: channel?.port1 },
      { onFatal, onLost },
    );
    worker.onServed = onServed;
    void mayBegin.then(() => worker.order({ kind: 'begin' }));
    return worker;
  }

  #replace(reason: string): void {
    if (this.#isEnding) return;
    this.#options.log.warn('the lead is lost: the engine is started again', { reason });
    this.#isFollowing = true;
    this.#replaced = this.#worker.end(END_MS).then(() => {
      if (this.#isEnding) return;
      this.#worker = this.#begin();
      this.#link();
    });
  }

  #link(): void {
    if (this.#webhook === undefined || this.#unclaimed === undefined) return;
    this.#webhook.order({ kind: 'engine', port: this.#unclaimed });
    this.#unclaimed = undefined;
  }
}
