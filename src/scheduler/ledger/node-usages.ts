import type { NodeUsage } from '../../api/records/node-usage.ts';

/** What is older says nothing about now, as in Volcano. */
const STALE_AFTER_MS = 5 * 60_000;

/** How busy nodes are, as it was measured last. */
export class NodeUsages {
  #byNode: ReadonlyMap<string, NodeUsage> = new Map();
  #measuredMs = -Infinity;
  /** Grows with each measurement. */
  version = 0;

  /** Takes the place of the measurement before: of a node that is not in it nothing is known. */
  set(nowMs: number, byNode: ReadonlyMap<string, NodeUsage>): void {
    this.#byNode = byNode;
    this.#measuredMs = nowMs;
    this.version += 1;
  }

  /** When the latest measurement becomes too old; in the past when it is, or there is none. */
  get staleMs(): number {
    return this.#byNode.size === 0 ? -Infinity : this.#measuredMs + STALE_AFTER_MS;
  }

  of(node: string): NodeUsage | undefined {
    return this.#byNode.get(node);
  }
}
