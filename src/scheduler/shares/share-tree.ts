import { ROOT_QUEUE } from '../../api/keys.ts';
import { readHierarchy } from '../../api/queue-hierarchy.ts';
import type { HierarchyPart } from '../../api/queue-hierarchy.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Queue } from '../model/queue.ts';
import { upFrom } from '../model/queue-paths.ts';
import { queueTroubles } from './queue-troubles.ts';

/** Those who share what the one above them has: a queue's own jobs, or a branch with others below it. */
export interface ShareNode {
  /** Above zero. */
  readonly weight: number;
  readonly children: readonly ShareNode[];
  /** Whose jobs they are; undefined for a branch. */
  readonly queue: Queue | undefined;
}

export interface ShareTree {
  readonly root: ShareNode;
  /** Queues whose place cannot be told. They stand at the top, and take nothing new. */
  readonly troubles: ReadonlyMap<Queue, Refusal>;
}

/**
 * The tree in which queues share: as their annotations say (Volcano's `volcano.sh/hierarchy`) where any queue has them, else
 * as `spec.parent` says. The own jobs of a queue are one child of weight 1 of the node that the queue stands for. What two
 * queues say differently of one branch is as the first of them by name has it. O(queues x depth).
 */
export function shareTree(queues: ReadonlyMap<string, Queue>): ShareTree {
  const sorted = [...queues.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const isAnnotated = sorted.some(({ record }) => record.hierarchy !== undefined);
  const troubles = new Map<Queue, Refusal>(isAnnotated ? [] : queueTroubles(queues));
  const root = new Branch(1);
  for (const queue of sorted) {
    const path = isAnnotated ? annotatedPath(queue) : parentPath(queue);
    if (typeof path === 'string') troubles.set(queue, { code: 'QueueTreeBroken', message: path });
    const parts = typeof path === 'string' || troubles.has(queue) ? [ownPart(queue)] : path;
    root.add(parts).children.push({ weight: 1, children: [], queue });
  }
  return { root, troubles };
}

class Branch implements ShareNode {
  readonly weight: number;
  readonly children: ShareNode[] = [];
  readonly queue: undefined;
  readonly #byName = new Map<string, Branch>();

  constructor(weight: number) {
    this.weight = weight;
  }

  /** The branch at the end of the way, made as far as it is not there. */
  add(parts: readonly HierarchyPart[]): Branch {
    const [first, ...rest] = parts;
    if (first === undefined) return this;
    let next = this.#byName.get(first.name);
    if (next === undefined) {
      next = new Branch(first.weight);
      this.#byName.set(first.name, next);
      this.children.push(next);
    }
    return next.add(rest);
  }
}

function ownPart({ name, record }: Queue): HierarchyPart {
  return { name, weight: record.weight };
}

function parentPath(queue: Queue): readonly HierarchyPart[] {
  return upFrom(queue)
    .filter(({ name }) => name !== ROOT_QUEUE)
    .toReversed()
    .map(ownPart);
}

/** What is wrong with the annotations, where they cannot be read. A queue without stands at the top. */
function annotatedPath(queue: Queue): readonly HierarchyPart[] | string {
  const { hierarchy } = queue.record;
  if (hierarchy === undefined) return [ownPart(queue)];
  const read = readHierarchy(hierarchy);
  if (read.kind === 'parts') return read.parts;
  const { annotation, value, problem } = read;
  return `queue ${queue.name} takes no new work: its annotation ${annotation}, ${JSON.stringify(value)}, ${problem}.`;
}
