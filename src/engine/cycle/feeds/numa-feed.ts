import type { NumatopologyRecord } from '../../../api/records/numa-records.ts';
import { saysTheSame } from '../../../lib/same.ts';
import type { Snapshot } from '../../../scheduler/ledger/snapshot.ts';
import { Mirror } from '../../mirror.ts';
import type { ChangeHandler } from '../../ports.ts';

interface NumaFeedOptions {
  readonly snapshot: Snapshot;
  /** A kind was listed, or changed so that a decision may be another one. */
  readonly seen: (kind: string, isNews: boolean) => void;
}

/** What the watch of Numatopologies shows goes into the snapshot. */
export class NumaFeed {
  readonly #options: NumaFeedOptions;
  readonly #topologies = new Mirror<NumatopologyRecord>((topology) => topology.name);

  constructor(options: NumaFeedOptions) {
    this.#options = options;
  }

  readonly onNumatopologies: ChangeHandler<NumatopologyRecord> = (changes) => {
    const { snapshot, seen } = this.#options;
    const { numa, waiting } = snapshot;
    const { version } = numa;
    this.#topologies.apply(changes, (next, old) => {
      if (next === undefined) numa.withdraw(old?.name ?? '');
      else if (old === undefined || !saysTheSame(next, old)) numa.publish(next);
    });
    seen('numatopologies', numa.version !== version && waiting.size > 0);
  };
}

/** Kinds that it has to have listed before anything is decided. */
export const NUMA_KINDS = 1;
