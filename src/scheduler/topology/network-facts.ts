import type { HyperNodeRecord } from '../../api/records/hyper-node-record.ts';

/** What is written of the network. */
export class NetworkFacts {
  readonly hyperNodes = new Map<string, HyperNodeRecord>();
  /** Grows with every change. */
  version = 0;
  /** What of it could not be kept when it was read last; one and the same list until it is read anew. */
  troubles: readonly string[] = [];

  upsert(record: HyperNodeRecord): void {
    this.hyperNodes.set(record.name, record);
    this.version += 1;
  }

  remove(name: string): void {
    if (this.hyperNodes.delete(name)) this.version += 1;
  }
}
