import { dropOldest } from '../../../lib/drop-oldest.ts';

const DEFAULT_LIMIT = 4096;

/** Versions of the latest deletions, so that a late event of a deleted object does not bring it back. Bounded. */
export class Tombstones {
  readonly #limit: number;
  readonly #versions = new Map<string, string>();

  constructor(limit = DEFAULT_LIMIT) {
    this.#limit = limit;
  }

  add(key: string, version: string): void {
    this.#versions.delete(key);
    this.#versions.set(key, version);
    if (this.#versions.size > this.#limit) dropOldest(this.#versions);
  }

  versionOf(key: string): string | undefined {
    return this.#versions.get(key);
  }

  clear(): void {
    this.#versions.clear();
  }
}
