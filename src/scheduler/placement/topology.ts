import type { Bitset } from '../../lib/bitset.ts';
import type { NodeTable } from './node-table.ts';

/** Of a node that is in no domain. */
export const NOWHERE = -1;

/** The nodes by their value of one label: those with the same are a domain. Does not change. */
export class Topology {
  /** Index of its domain by node; NOWHERE without the label. */
  readonly domainOf: Int32Array;
  /** Number of domains. */
  readonly size: number;
  /** No domain has more than one node, as with `kubernetes.io/hostname`. */
  readonly isLocal: boolean;

  constructor(domainOf: Int32Array, size: number) {
    this.domainOf = domainOf;
    this.size = size;
    let inside = 0;
    for (const domain of domainOf) if (domain !== NOWHERE) inside += 1;
    this.isLocal = inside === size;
  }

  equals({ domainOf }: Topology): boolean {
    return this.domainOf.length === domainOf.length && this.domainOf.every((domain, node) => domain === domainOf[node]);
  }
}

/** Domains are numbered as they come in node order. O(nodes). */
export function readTopology(key: string, nodes: NodeTable, eligible: Bitset | undefined): Topology {
  const byValue = new Map<string, number>();
  const domainOf = new Int32Array(nodes.count).fill(NOWHERE);
  for (let node = 0; node < nodes.count; node += 1) {
    const value = eligible?.has(node) === false ? undefined : nodes.records[node]?.labels.get(key);
    if (value === undefined) continue;
    const domain = byValue.get(value) ?? byValue.size;
    byValue.set(value, domain);
    domainOf[node] = domain;
  }
  return new Topology(domainOf, byValue.size);
}

/** The topologies that somebody asks for; one that changed nodes leave as it was stays the very same object. */
export class Topologies {
  #version = -1;
  #current = new Map<string, Topology>();
  #previous = new Map<string, Topology>();

  /** What nodes are changed; those that nobody asked for under the version before are dropped. */
  turn(version: number): void {
    if (version === this.#version) return;
    this.#version = version;
    this.#previous = this.#current;
    this.#current = new Map();
  }

  /** O(1) for a name that was asked for under this version, else what `read` takes. */
  of(name: string, read: () => Topology): Topology {
    const known = this.#current.get(name);
    if (known !== undefined) return known;
    const before = this.#previous.get(name);
    const now = read();
    const topology = before?.equals(now) === true ? before : now;
    this.#current.set(name, topology);
    return topology;
  }
}
