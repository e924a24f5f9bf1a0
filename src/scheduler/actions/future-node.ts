import type { Snapshot } from '../ledger/snapshot.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { NodePicker } from '../placement/node-picker.ts';
import { portsFreeWithout } from './later-ports.ts';

const NOBODY: ReadonlySet<Task> = new Set();

/** First node in name order on which the class will fit, or -1. O(nodes with pods that are being deleted). */
export function futureNode(snapshot: Snapshot, taskClass: TaskClass, picker: NodePicker): number {
  let first = -1;
  for (const node of freedNodes(snapshot)) {
    if (first >= 0 && node > first) continue;
    if (willFit(snapshot, taskClass, picker, node)) first = node;
  }
  return first;
}

/** Those of pods that are being deleted, and of devices and NUMA nodes that such pods have left a moment ago; some may be named twice. */
function* freedNodes({ releasingNodes, claims, numa, nodes }: Snapshot): Iterable<number> {
  yield* releasingNodes.keys();
  if (claims.isUsed) for (const name of claims.leaving.nodes()) yield nodes.indexOf(name);
  if (numa.isUsed) for (const name of numa.nodesLeft()) yield nodes.indexOf(name);
}

/** Whether the class fits the node once pods that are being deleted are gone. */
export function willFit(snapshot: Snapshot, taskClass: TaskClass, picker: NodePicker, node: number): boolean {
  if (node < 0 || !picker.allowsWithout(node, NOBODY) || !snapshot.nodes.fitsFuture(node, taskClass)) return false;
  return portsFreeWithout(snapshot, node, taskClass.shape.hostPorts, NOBODY);
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
    const { recency } = this.#snapshot;
    // Of devices that others come to use, nodes do not tell.
    if (picker.mindsWhoGoes) return futureNode(this.#snapshot, this.#class, picker);
    if (this.#syncedTo < 0) for (const node of this.#snapshot.releasingNodes.keys()) this.#look(node, picker);
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
