import type { HyperNodeRecord } from '../../api/records/hyper-node-record.ts';
import { saysTheSame } from '../../lib/same.ts';
import type { Snapshot } from '../../scheduler/ledger/snapshot.ts';
import { Mirror } from '../mirror.ts';
import type { ChangeHandler } from '../ports.ts';

interface TopologyFeedOptions {
  readonly snapshot: Snapshot;
  /** A kind was listed, or changed so that a decision may be another one. */
  readonly seen: (kind: string, isNews: boolean) => void;
}

/** What the watch of HyperNodes shows goes into the snapshot; their counts of nodes come back by it and say nothing new. */
export class TopologyFeed {
  readonly #options: TopologyFeedOptions;
  readonly #hyperNodes = new Mirror<HyperNodeRecord>((hyperNode) => hyperNode.name);

  constructor(options: TopologyFeedOptions) {
    this.#options = options;
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
