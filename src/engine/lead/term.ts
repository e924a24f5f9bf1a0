import type { AcquiredTerm } from './lease.ts';

/** Work that only the leader does. */
export interface LeaderWork {
  start(): void;
  /** No decision follows; resolves when those under way are written. */
  stop(): Promise<void> | void;
}

/** What a term begins and ends. */
export interface TermParts {
  /** Resolves once everything that the API server has taken by now was handed over. */
  readonly catchUp: () => Promise<unknown>;
  readonly works: readonly LeaderWork[];
  readonly writer: { dropLower(): void; idle(): Promise<void> };
  /** Gives the lease back. */
  readonly release: () => Promise<void>;
}

/**
 * The one term of this engine. It begins with the newest state: a view that lags behind shows rooms that are taken and
 * gangs that are not whole. It ends with the lease given back after the last write, or with the engine.
 */
export class Term {
  readonly #parts: TermParts;
  #isEnding = false;

  constructor(parts: TermParts) {
    this.#parts = parts;
  }

  /** The lease is ours. Who follows nobody has read everything that earlier leaders wrote, and begins at once. */
  async begin({ followsNobody }: Pick<AcquiredTerm, 'followsNobody'>): Promise<void> {
    if (!followsNobody) await this.#parts.catchUp();
    if (this.#isEnding) return;
    for (const work of this.#parts.works) work.start();
  }

  /** The lease is lost: nothing is started, and nothing decided any more. */
  lose(): void {
    this.#isEnding = true;
    for (const work of this.#parts.works) void work.stop();
  }

  /** Decisions under way end first, what is only told is dropped: the successor waits for the lease. */
  async end(): Promise<void> {
    this.#isEnding = true;
    const { works, writer, release } = this.#parts;
    const stopped = works.map((work) => Promise.resolve(work.stop()));
    writer.dropLower();
    await Promise.all(stopped);
    await writer.idle();
    await release();
  }
}
