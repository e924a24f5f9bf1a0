const NEWLINE = 0x0a;

/**
 * Cuts a byte stream at 0x0A. Bytes are decoded only once a line is complete, so a character that a chunk border
 * cuts in two survives. What follows the last newline is kept for the next chunk, and lost when the stream ends.
 */
export class LineSplitter {
  readonly #maxLineBytes: number;
  #tail: Buffer[] = [];
  #tailBytes = 0;

  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes;
  }

  /** Hands over each complete line until `onLine` returns false; false when a line is longer than the limit. */
  push(chunk: Buffer, onLine: (line: string) => boolean): boolean {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      if (this.#tailBytes + end - start > this.#maxLineBytes) return false;
      const line = this.#tailBytes === 0 ? chunk.toString('utf8', start, end) : this.#join(chunk.subarray(start, end));
      start = end + 1;
      if (line !== '' && !onLine(line)) return true;
    }
    if (start < chunk.length) {
      this.#tail.push(start === 0 ? chunk : chunk.subarray(start));
      this.#tailBytes += chunk.length - start;
    }
    return this.#tailBytes <= this.#maxLineBytes;
  }

  #join(end: Buffer): string {
    this.#tail.push(end);
    const line = Buffer.concat(this.#tail).toString('utf8');
    this.#tail = [];
    this.#tailBytes = 0;
    return line;
  }
}
