/** Which nodes changed, in order, so that pickers catch up with the changed ones only. Positions grow for ever. */
export class Journal {
  #entries: number[] = [];
  #start = 0;

  /** Oldest position still kept. */
  get start(): number {
    return this.#start;
  }

  /** Position after the newest entry. */
  get end(): number {
    return this.#start + this.#entries.length;
  }

  push(node: number): void {
    this.#entries.push(node);
  }

  /** Node index at a position from start to end - 1. */
  at(position: number): number {
    return this.#entries[position - this.#start] ?? -1;
  }

  /** Forgets the entries when there are more than `limit`; readers that are behind then start anew. */
  trim(limit: number): void {
    if (this.#entries.length <= limit) return;
    this.#start = this.end;
    this.#entries = [];
  }
}
