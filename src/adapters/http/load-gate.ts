/** How much may go on at once. */
export interface LoadLimits {
  /** Reviews whose body is whole and whose answer has not gone out; beyond it the failure mode decides. */
  readonly maxInFlight: number;
  /** Bytes of bodies held in memory, all requests together. */
  readonly maxBufferedBytes: number;
}

/** Counts what is in flight; the single place that knows whether there is room. */
export class LoadGate {
  readonly #limits: LoadLimits;
  #inFlight = 0;
  #bufferedBytes = 0;

  constructor(limits: LoadLimits) {
    this.#limits = limits;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  get hasMemory(): boolean {
    return this.#bufferedBytes <= this.#limits.maxBufferedBytes;
  }

  /** False when it is one too many: it is then answered without thinking, which takes no time. */
  enter(): boolean {
    this.#inFlight += 1;
    return this.#inFlight <= this.#limits.maxInFlight;
  }

  /** The review has been answered, or whoever asked is gone. */
  leave(): void {
    this.#inFlight -= 1;
  }

  /** Counted whether there is room or not, until they are released. */
  buffer(bytes: number): void {
    this.#bufferedBytes += bytes;
  }

  release(bytes: number): void {
    this.#bufferedBytes -= bytes;
  }
}
