import type { EmptyCluster } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { NodeTable } from '../placement/node-table.ts';
import type { Domain } from './domain.ts';
import type { DomainTree } from './domain-tree.ts';

/** Room that is free now; that will be once pods on their way out are gone; that would be if nothing stood there. */
export type When = 'now' | 'later' | 'empty';

interface Known {
  readonly tree: DomainTree;
  readonly changedAt: number;
  readonly featuresVersion: number;
  /** How many tasks the nodes before each place could take together. */
  readonly sums: Float64Array;
}

/** How many tasks of a class the domains could take, by amounts and by what nodes are: an upper bound of what can be placed. */
export class Rooms {
  readonly #snapshot: Snapshot;
  readonly #known: Readonly<Record<When, WeakMap<TaskClass, Known>>> = {
    now: new WeakMap(),
    later: new WeakMap(),
    empty: new WeakMap(),
  };

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  /** O(1) while nothing changed, else O(nodes x requested resources). */
  of(taskClass: TaskClass, when: When, tree: DomainTree, cluster: EmptyCluster): Rooming {
    const { recency, allocatableVersion, featuresVersion } = this.#snapshot;
    const changedAt = when === 'empty' ? allocatableVersion : recency.now;
    let known = this.#known[when].get(taskClass);
    const isCurrent = known?.tree === tree && known.featuresVersion === featuresVersion;
    if (known === undefined || !isCurrent || known.changedAt !== changedAt) {
      known = { tree, changedAt, featuresVersion, sums: this.#sums(taskClass, when, tree, cluster) };
      this.#known[when].set(taskClass, known);
    }
    const { sums } = known;
    return ({ first, end }) => (sums[end] ?? 0) - (sums[first] ?? 0);
  }

  #sums(taskClass: TaskClass, when: When, { order }: DomainTree, cluster: EmptyCluster): Float64Array {
    const { nodes, index } = this.#snapshot;
    const { hostPorts } = taskClass.shape;
    const mask = when === 'empty' ? cluster.lastingNodesFor(taskClass) : cluster.nodesFor(taskClass);
    const roomOf = ROOM_OF[when];
    const sums = new Float64Array(order.length + 1);
    for (let place = 0; place < order.length; place += 1) {
      const node = order[place] ?? 0;
      const isOpen = mask.has(node) && (when === 'empty' || hostPorts.length === 0 || index.portsFree(node, hostPorts));
      sums[place + 1] = (sums[place] ?? 0) + (isOpen ? tasksIn(nodes, node, taskClass, roomOf) : 0);
    }
    return sums;
  }
}

/** Tasks that a domain could take, or any range of places in the order. */
export type Rooming = (range: Pick<Domain, 'first' | 'end'>) => number;

type RoomOf = (nodes: NodeTable, node: number, resource: number) => number;

const ROOM_OF: Readonly<Record<When, RoomOf>> = {
  now: (nodes, node, r) => nodes.available[r]?.[node] ?? 0,
  later: (nodes, node, r) => (nodes.offers(r) ? nodes.future(node, r) : 0),
  empty: (nodes, node, r) => nodes.allocatable[r]?.[node] ?? 0,
};

function tasksIn(nodes: NodeTable, node: number, { resources, amounts, shape }: TaskClass, roomOf: RoomOf): number {
  let tasks = nodes.minded.mostOnOneNode(shape);
  for (let i = 0; i < resources.length; i += 1) {
    tasks = Math.min(tasks, Math.floor(roomOf(nodes, node, resources[i] ?? 0) / (amounts[i] ?? 1)));
  }
  return Math.max(0, tasks);
}
