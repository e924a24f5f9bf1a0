import type { NodeRecord } from '../../api/records/node-record.ts';
import { isSame } from '../../lib/same.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import { DomainTree } from './domain-tree.ts';
import { HyperNodeMembership } from './hyper-node-members.ts';

/** The tree as it is written now; the very same object as long as it says the same. */
export class NetworkTree {
  readonly #snapshot: Snapshot;
  readonly #membership = new HyperNodeMembership();
  #tree = new DomainTree([], 0);
  #revision = 0;
  #factsVersion = -1;
  #nodesVersion = -1;
  #featuresVersion = -1;
  /** Of the nodes, as they were read last. */
  #labels: readonly NodeRecord['labels'][] = [];

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** Another number for another tree. */
  get revision(): number {
    return this.#revision;
  }

  /** O(1) while nothing changed, O(nodes) when only what else nodes are did. */
  current(): DomainTree {
    const { network, nodes, nodesVersion, featuresVersion } = this.#snapshot;
    if (this.#factsVersion === network.version && this.#featuresVersion === featuresVersion) return this.#tree;
    const isSameSet = this.#factsVersion === network.version && this.#nodesVersion === nodesVersion;
    this.#featuresVersion = featuresVersion;
    if (isSameSet && nodes.records.every(({ labels }, at) => isSame(labels, this.#labels[at]))) return this.#tree;
    this.#factsVersion = network.version;
    this.#nodesVersion = nodesVersion;
    this.#labels = nodes.records.map(({ labels }) => labels);
    const grown = new DomainTree(this.#membership.read(network.hyperNodes, nodes.records), nodes.count);
    network.troubles = grown.troubles;
    if (!grown.equals(this.#tree)) {
      this.#tree = grown;
      this.#revision += 1;
    }
    return this.#tree;
  }
}
