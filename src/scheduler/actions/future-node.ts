import type { Snapshot } from '../ledger/snapshot.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { NodePicker } from '../placement/node-picker.ts';

/** First node in name order on which the class will fit, or -1. O(nodes with pods that are being deleted). */
export function futureNode(snapshot: Snapshot, taskClass: TaskClass, picker: NodePicker): number {
  let first = -1;
  for (const node of snapshot.releasingNodes.keys()) {
    if (first >= 0 && node > first) continue;
    if (willFit(snapshot, taskClass, picker, node)) first = node;
  }
  return first;
}

/**
 * Whether the class fits the node once pods that are being deleted are gone. A host port is promised only where nobody
 * holds it: who frees it is not known.
 */
export function willFit({ nodes, index }: Snapshot, taskClass: TaskClass, picker: NodePicker, node: number): boolean {
  if (node < 0 || !picker.allows(node) || !nodes.fitsFuture(node, taskClass)) return false;
  return index.portsFree(node, taskClass.shape.hostPorts);
}

/**
 * The nodes on which one class will fit once pods that are being deleted are gone, for many questions in a row: only nodes
 * that changed since the last one are looked at. O(changed nodes + nodes that fit).
 */
export class FutureRooms {
  readonly #snapshot: Snapshot;
  readonly #class: TaskClass;
  readonly #fitting = new Set<number>();
  #syncedTo = -1;

  constructor(snapshot: Snapshot, taskClass: TaskClass) {
    this.#snapshot = snapshot;
    this.#class = taskClass;
  }

  /** The first of them in name order, or -1. */
  first(picker: NodePicker): number {
    const { recency, releasingNodes } = this.#snapshot;
    if (this.#syncedTo < 0) for (const node of releasingNodes.keys()) this.#look(node, picker);
    else {
      let node = recency.newest;
      while (node >= 0 && recency.changedAt(node) > this.#syncedTo) {
        this.#look(node, picker);
        node = recency.olderThan(node);
      }
    }
    this.#syncedTo = recency.now;
    let first = -1;
    for (const node of this.#fitting) if (first < 0 || node < first) first = node;
    return first;
  }

  #look(node: number, picker: NodePicker): void {
    const isFitting = this.#snapshot.releasingNodes.has(node) && willFit(this.#snapshot, this.#class, picker, node);
    if (isFitting) this.#fitting.add(node);
    else this.#fitting.delete(node);
  }
}
