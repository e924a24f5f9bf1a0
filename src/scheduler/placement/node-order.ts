/**
 * The nodes in another order than that of their names, in which the parts of a topology are ranges: domains that lie
 * within each other (a rack in a block in a zone) are all ranges of one order.
 */
export class NodeOrder {
  readonly #nodes: Int32Array;
  readonly #positions: Int32Array;

  /** Every node once. */
  constructor(nodes: Int32Array) {
    this.#nodes = nodes;
    this.#positions = new Int32Array(nodes.length);
    nodes.forEach((node, position) => (this.#positions[node] = position));
  }

  nodeAt(position: number): number {
    return this.#nodes[position] ?? -1;
  }

  positionOf(node: number): number {
    return this.#positions[node] ?? -1;
  }
}
