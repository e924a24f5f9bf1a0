import type { Topology } from './topology.ts';
import { NOWHERE } from './topology.ts';

interface Cell {
  /** Its domain in each topology. */
  readonly domains: Int32Array;
  readonly first: number;
  readonly end: number;
}

/** The nodes by their domains in several topologies: those that are in the same of each stand together, in node order. */
export class NodeCells {
  readonly order: Int32Array;
  readonly #cells: readonly Cell[];

  /** O(nodes x topologies). */
  constructor(topologies: readonly Topology[]) {
    const nodes = topologies[0]?.domainOf.length ?? 0;
    const byDomains = new Map<string, number[]>();
    for (let node = 0; node < nodes; node += 1) {
      const name = topologies.map(({ domainOf }) => domainOf[node]).join(' ');
      const members = byDomains.get(name);
      if (members === undefined) byDomains.set(name, [node]);
      else members.push(node);
    }
    this.order = new Int32Array(nodes);
    const cells: Cell[] = [];
    let first = 0;
    for (const members of byDomains.values()) {
      this.order.set(members, first);
      const node = members[0] ?? 0;
      const domains = Int32Array.from(topologies, ({ domainOf }) => domainOf[node] ?? NOWHERE);
      const end = first + members.length;
      cells.push({ domains, first, end });
      first = end;
    }
    this.#cells = cells;
  }

  /** By cell: its domain in each topology. */
  get domains(): readonly Int32Array[] {
    return this.#cells.map(({ domains }) => domains);
  }

  /** Index of its cell by node. O(nodes). */
  cellOf(): Int32Array {
    const cellOf = new Int32Array(this.order.length);
    for (const [cell, { first, end }] of this.#cells.entries()) {
      for (let at = first; at < end; at += 1) cellOf[this.order[at] ?? 0] = cell;
    }
    return cellOf;
  }

  /** Places in the order that are open, as first and end, first and end; neighbours are joined. O(cells). */
  ranges(isOpen: (domains: Int32Array) => boolean): readonly number[] {
    const ranges: number[] = [];
    for (const { domains, first, end } of this.#cells) {
      if (!isOpen(domains)) continue;
      if (ranges.at(-1) === first) ranges[ranges.length - 1] = end;
      else ranges.push(first, end);
    }
    return ranges;
  }
}
