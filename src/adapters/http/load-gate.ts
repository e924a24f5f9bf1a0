/** How much may go on at once. */
export interface LoadLimits {
  /** Requests whose headers have come and whose answer has not gone out; beyond it the failure mode decides. */
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

  /** `full` is still read and answered without thinking; at twice the limit not even its body is taken. */
  enter(): 'open' | 'full' | 'closed' {
    this.#inFlight += 1;
    if (this.#inFlight <= this.#limits.maxInFlight) return 'open';
    return this.#inFlight <= 2 * this.#limits.maxInFlight ? 'full' : 'closed';
  }

  /** False when these bytes would be too many; they are counted all the same until `leave`. */
  buffer(bytes: number): boolean {
    this.#bufferedBytes += bytes;
    return this.#bufferedBytes <= this.#limits.maxBufferedBytes;
  }

  /** The request has been answered or its connection is gone; its bytes are free. */
  leave(bufferedBytes: number): void {
    this.#inFlight -= 1;
    this.#bufferedBytes -= bufferedBytes;
  }
}
