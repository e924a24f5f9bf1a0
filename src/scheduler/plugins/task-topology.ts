import { numberArgument } from '../framework/plugin.ts';
import type { PlacementContext, Plugin } from '../framework/plugin.ts';
import type { Recency } from '../placement/recency.ts';
import type { Job } from '../model/job.ts';
import { holdsNode, TaskStatus } from '../model/task-status.ts';
import type { Task } from '../model/task.ts';
import { TaskRelations } from '../model/task-relations.ts';
import type { RoleRelation } from '../model/task-relations.ts';

const MAX_SCORE = 100;

/**
 * Which roles of a group belong together and which apart, by annotations of its PodGroup: nodes with partners score more,
 * those with opponents less, and roles are placed in the order that is given.
 */
export const taskTopology: Plugin = {
  name: 'task-topology',
  make: ({ recency }, options) => {
    const scale = numberArgument(options, 'task-topology.weight', 1) * MAX_SCORE;
    const known = new WeakMap<Job, JobTopology>();
    let made = 0;
    const of = (job: Job): JobTopology => {
      let topology = known.get(job);
      if (topology?.hints !== job.record.hints) {
        const { hints } = job.record;
        topology = { hints, relations: new TaskRelations(hints), byRole: new Map() };
        known.set(job, topology);
      }
      return topology;
    };
    return {
      taskOrderFn: ({ job, record: a }, { job: other, record: b }) => {
        if (job === undefined || job !== other || job.record.hints.size === 0) return 0;
        const { relations } = of(job);
        return relations.rank(a.task) - relations.rank(b.task);
      },
      // By what groups and pods say.
      claimStampFn: () => 0,
      contextFn: ({ job, record: { task: role } }) => {
        if (job === undefined || job.record.hints.size === 0) return undefined;
        const { relations, byRole } = of(job);
        const found = byRole.get(role);
        if (found !== undefined || byRole.has(role)) return found;
        const relation = relations.of(role);
        if (relation !== undefined) made += 1;
        const context = relation && contextOf(`task-topology ${made}`, scale, new Neighbours(job, relation, recency));
        byRole.set(role, context);
        return context;
      },
    };
  },
};

/** What was read of a group; as long as it says the same. */
interface JobTopology {
  readonly hints: ReadonlyMap<string, string>;
  readonly relations: TaskRelations;
  readonly byRole: Map<string, PlacementContext | undefined>;
}

function contextOf(key: string, scale: number, neighbours: Neighbours): PlacementContext {
  return {
    key,
    hooks: { scoreNode: (_, node) => scale * neighbours.at(node) },
    // It never grows: what stands on a node changes with the node. Nodes that hold equal amounts are asked one by one.
    version: () => 0,
  };
}

/** How much a role likes nodes for the members of its group that stand there, or were placed there in this cycle. */
class Neighbours {
  readonly #job: Job;
  readonly #relation: RoleRelation;
  readonly #recency: Recency;
  readonly #partners = new Map<number, number>();
  readonly #opponents = new Map<number, number>();
  #countedAt = -1;

  constructor(job: Job, relation: RoleRelation, recency: Recency) {
    this.#job = job;
    this.#relation = relation;
    this.#recency = recency;
  }

  /** From -1 to 1; the first neighbour counts half, the next ones less and less. O(1), after a change O(members). */
  at(node: number): number {
    if (this.#countedAt !== this.#recency.now) this.#count();
    return part(this.#partners.get(node) ?? 0) - part(this.#opponents.get(node) ?? 0);
  }

  #count(): void {
    this.#countedAt = this.#recency.now;
    this.#partners.clear();
    this.#opponents.clear();
    for (let task = this.#job.tasks.first; task !== undefined; task = task.nextInJob) {
      if (!isThere(task)) continue;
      const { nodeIx, record } = task;
      const { partners, opponents } = this.#relation;
      if (partners.has(record.task)) this.#partners.set(nodeIx, (this.#partners.get(nodeIx) ?? 0) + 1);
      if (opponents.has(record.task)) this.#opponents.set(nodeIx, (this.#opponents.get(nodeIx) ?? 0) + 1);
    }
  }
}

function part(neighbours: number): number {
  return neighbours / (1 + neighbours);
}

/** On the node, or promised room there; what is on its way out is not. */
function isThere({ nodeIx, status }: Task): boolean {
  if (nodeIx < 0 || status === TaskStatus.Releasing) return false;
  return status === TaskStatus.Pipelined || holdsNode(status);
}
