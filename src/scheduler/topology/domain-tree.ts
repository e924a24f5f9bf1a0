import { chain } from './domain.ts';
import type { Domain, DomainSource } from './domain.ts';
import { readParentage } from './parentage.ts';
import type { Parentage } from './parentage.ts';

interface Growing extends Domain {
  readonly children: Growing[];
  first: number;
  end: number;
}

/**
 * The network as a tree of domains over the nodes, several trees under one root that is the whole cluster. Nodes that are in
 * no domain stand at the end of the order, in the root alone. Does not change.
 */
export class DomainTree {
  readonly root: Domain;
  /** All but the root, each before those within it. */
  readonly domains: readonly Domain[];
  /** Index of the node by place: depth first. */
  readonly order: Int32Array;
  /** The tiers that there are, lowest first. */
  readonly tiers: readonly number[];
  /** What is written and could not be kept; everything else holds. */
  readonly troubles: readonly string[];
  readonly #placeOf: Int32Array;
  /** By place: the innermost domain. */
  readonly #innermost: readonly Domain[];

  /** O(nodes + domains x log domains + members). */
  constructor(sources: Iterable<DomainSource>, nodes: number) {
    const parentage = readParentage(sources);
    this.troubles = parentage.troubles;
    this.tiers = [...new Set(parentage.sources.map(({ tier }) => tier))];
    this.order = new Int32Array(nodes);
    this.#placeOf = new Int32Array(nodes);
    const innermost: Domain[] = [];
    this.#innermost = innermost;
    const domains: Growing[] = [];
    this.domains = domains;
    const root = rootAbove(parentage);
    this.root = root;
    const nodesOf = Map.groupBy(
      Array.from({ length: nodes }, (_, node) => node),
      (node) => {
        return parentage.holderOf.get(node)?.name ?? '';
      },
    );
    const settle = (domain: Growing): void => {
      if (domain !== root) domains.push(domain);
      domain.first = innermost.length;
      for (const child of domain.children) settle(child);
      for (const node of nodesOf.get(domain.name) ?? []) {
        this.#placeOf[node] = innermost.length;
        this.order[innermost.length] = node;
        innermost.push(domain);
      }
      domain.end = innermost.length;
    };
    settle(root);
  }

  placeOf(node: number): number {
    return this.#placeOf[node] ?? -1;
  }

  /** The tier that has the name; undefined when none has. */
  tierNamed(name: string): number | undefined {
    return this.domains.find(({ tierName }) => tierName === name)?.tier;
  }

  /** A word for the tier that people know: its number, with its name where it has one. */
  tierInWords(tier: number): string {
    const name = this.domains.find((domain) => domain.tier === tier && domain.tierName !== '')?.tierName;
    return name === undefined ? `tier ${tier}` : `tier ${tier} (${name})`;
  }

  /** The innermost domain that holds all the nodes; undefined of none. O(nodes + tiers). */
  common(nodes: Iterable<number>): Domain | undefined {
    let [least, most] = [Infinity, -1];
    for (const node of nodes) {
      const place = this.placeOf(node);
      if (place < 0) continue;
      least = Math.min(least, place);
      most = Math.max(most, place);
    }
    const start = this.#innermost[least];
    if (start === undefined) return undefined;
    for (const domain of chain(start)) if (most < domain.end) return domain;
    return this.root;
  }

  /** Both say the same of the same nodes. O(nodes + domains). */
  equals({ order, domains }: DomainTree): boolean {
    if (order.length !== this.order.length || domains.length !== this.domains.length) return false;
    if (!order.every((node, place) => node === this.order[place])) return false;
    return domains.every((other, at) => {
      const own = this.domains[at];
      return own !== undefined && isSame(own, other) && own.parent?.name === other.parent?.name;
    });
  }
}

function isSame(a: Domain, b: Domain): boolean {
  const isAlike = a.name === b.name && a.tier === b.tier && a.tierName === b.tierName;
  return isAlike && a.first === b.first && a.end === b.end;
}

/** The root with all below it, none of which has its places yet. */
function rootAbove({ sources, parentOf }: Parentage): Growing {
  const tier = Math.max(-1, ...sources.map((source) => source.tier)) + 1;
  const root: Growing = { name: '', tier, tierName: '', parent: undefined, children: [], first: 0, end: 0 };
  const made = new Map<string, Growing>();
  for (const { name, tier: own, tierName } of sources.toReversed()) {
    const parent = made.get(parentOf.get(name)?.name ?? '') ?? root;
    const domain: Growing = { name, tier: own, tierName, parent, children: [], first: 0, end: 0 };
    made.set(name, domain);
    parent.children.push(domain);
  }
  for (const { children } of [root, ...made.values()]) children.sort((a, b) => (a.name < b.name ? -1 : 1));
  return root;
}
