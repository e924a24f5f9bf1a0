import { NETWORK_SOURCE_LABEL } from '../../api/keys.ts';
import type { HyperNodeRecord } from '../../api/records/hyper-node-record.ts';
import type { NodeRecord } from '../../api/records/node-record.ts';
import type { LabelledTopology } from '../../api/topology-discovery.ts';
import { digest } from '../../lib/digest.ts';

/** HyperNodes with this value are those that labels of nodes tell of. */
export const FOUND_BY_LABELS = 'label';

/** A part of the network that labels of nodes tell of. */
export interface NetworkPart {
  /** Of its HyperNode. */
  readonly name: string;
  /** 1 for parts that consist of nodes. */
  readonly tier: number;
  readonly key: string;
  readonly value: string;
  readonly members: Set<string>;
}

const SUFFIX_LENGTH = 5;

/** All parts, those of lower tiers of a node first. A node belongs to a topology up to the first label that it lacks. O(nodes x tiers). */
export function networkParts(
  topologies: readonly LabelledTopology[],
  nodes: readonly Pick<NodeRecord, 'name' | 'labels'>[],
  hyperNodes: readonly HyperNodeRecord[],
): readonly NetworkPart[] {
  const parts = new Map<string, NetworkPart>();
  const names = new HyperNodeNames(hyperNodes);
  // In the order of names, so that the same parts get the same names each time.
  for (const node of nodes.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    for (const { name: type, keys } of topologies) {
      let member = node.name;
      for (const [at, key] of keys.entries()) {
        const value = node.labels.get(key);
        if (value === undefined) break;
        const id = `${type}/${key}=${value}`;
        let part = parts.get(id);
        if (part === undefined) {
          const tier = at + 1;
          part = {
            name: names.nameFor(`hypernode-${type}-tier${tier}-`, key, value),
            tier,
            key,
            value,
            members: new Set(),
          };
          parts.set(id, part);
        }
        part.members.add(member);
        member = part.name;
      }
    }
  }
  return [...parts.values()];
}

/** A HyperNode keeps its name for as long as it exists; a new one gets a name that nobody has. */
class HyperNodeNames {
  readonly #taken: Set<string>;
  readonly #known: ReadonlyMap<string, string>;

  constructor(hyperNodes: readonly HyperNodeRecord[]) {
    this.#taken = new Set(hyperNodes.map(({ name }) => name));
    const found = hyperNodes.filter((one) => isFound(one) && !one.deleting);
    // Of several the first by name, as in Volcano.
    const byName = found.toSorted((a, b) => (a.name > b.name ? -1 : 1));
    this.#known = new Map(
      byName.flatMap(({ name, labels }) =>
        [...labels].map(([key, value]) => [`${name.slice(0, -SUFFIX_LENGTH)} ${key}=${value}`, name] as const),
      ),
    );
  }

  nameFor(prefix: string, key: string, value: string): string {
    const known = this.#known.get(`${prefix} ${key}=${value}`);
    if (known !== undefined) return known;
    for (let round = 0; ; round += 1) {
      const name = `${prefix}${digest(`${key}=${value} ${round}`, SUFFIX_LENGTH)}`;
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }
}

export function isFound({ labels }: HyperNodeRecord): boolean {
  return labels.get(NETWORK_SOURCE_LABEL) === FOUND_BY_LABELS;
}
