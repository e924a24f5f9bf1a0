/** Each frame begins with its length, the highest byte first. */
const LENGTH_BYTES = 4;

/** Cuts a byte stream into frames. What is not complete is kept for the next chunk, and lost when the stream ends. */
export class FrameSplitter {
  readonly #maxFrameBytes: number;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  /** Bytes that the tail needs before it is worth a look. */
  #wanted = LENGTH_BYTES;

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** Hands over each complete frame until `onFrame` returns false; false when a frame is longer than the limit. */
  push(chunk: Buffer, onFrame: (frame: Buffer) => boolean): boolean {
    this.#tail.push(chunk);
    this.#tailBytes += chunk.length;
    if (this.#tailBytes < this.#wanted) return true;
    const bytes = this.#tail.length === 1 ? chunk : Buffer.concat(this.#tail);
    let start = 0;
    let end = LENGTH_BYTES;
    while (end <= bytes.length) {
      const length = bytes.readUInt32BE(start);
      if (length > this.#maxFrameBytes) return false;
      end += length;
      if (end > bytes.length) break;
      if (!onFrame(bytes.subarray(start + LENGTH_BYTES, end))) return true;
      start = end;
      end += LENGTH_BYTES;
    }
    this.#keep(bytes.subarray(start), end - start);
    return true;
  }

  #keep(rest: Buffer, wanted: number): void {
    this.#tail = rest.length === 0 ? [] : [rest];
    this.#tailBytes = rest.length;
    this.#wanted = wanted;
  }
}
