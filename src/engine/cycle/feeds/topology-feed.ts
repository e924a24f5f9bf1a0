import type { HyperNodeRecord } from '../../../api/records/hyper-node-record.ts';
import { isSame, saysTheSame } from '../../../lib/same.ts';
import type { Snapshot } from '../../../scheduler/ledger/snapshot.ts';
import { Mirror } from '../../mirror.ts';
import type { ChangeHandler, Logger } from '../../ports.ts';

/** So many contradictions are written into one line of the log. */
const MOST_TOLD = 10;

interface TopologyFeedOptions {
  readonly snapshot: Snapshot;
  /** A kind was listed, or changed so that a decision may be another one. */
  readonly seen: (kind: string, isNews: boolean) => void;
  readonly log: Logger;
}

/** What the watch of HyperNodes shows goes into the snapshot; their counts of nodes come back by it and say nothing new. */
export class TopologyFeed {
  readonly #options: TopologyFeedOptions;
  #told: readonly string[] = [];
  readonly #hyperNodes = new Mirror<HyperNodeRecord>((hyperNode) => hyperNode.name);

  constructor(options: TopologyFeedOptions) {
    this.#options = options;
  }

  /** After a cycle: says what of the HyperNodes contradicts itself, once as long as it stays so. */
  tellTroubles(): void {
    const { troubles } = this.#options.snapshot.network;
    if (troubles === this.#told || isSame(troubles, this.#told)) return;
    this.#told = troubles;
    if (troubles.length === 0) return;
    const told = troubles.slice(0, MOST_TOLD).join('; ');
    this.#options.log.warn('HyperNodes contradict each other', { count: troubles.length, troubles: told });
  }

  readonly onHyperNodes: ChangeHandler<HyperNodeRecord> = (changes) => {
    const { snapshot, seen } = this.#options;
    const { network, waiting } = snapshot;
    const { version } = network;
    this.#hyperNodes.apply(changes, (next, old) => {
      if (next === undefined) network.remove(old?.name ?? '');
      else if (old === undefined || !saysTheSame(next, old, ['resourceVersion', 'nodeCount', 'members'])) {
        network.upsert(next);
      }
    });
    seen('hypernodes', network.version !== version && waiting.size > 0);
  };
}

/** Kinds that it has to have listed before anything is decided. */
export const TOPOLOGY_KINDS = 1;
