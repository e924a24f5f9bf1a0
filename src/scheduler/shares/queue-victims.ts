import type { PluginHooks } from '../framework/plugin.ts';
import type { Queue } from '../model/queue.ts';
import { PODS_IX } from '../model/resource-table.ts';
import type { Task } from '../model/task.ts';
import type { Needs } from '../model/task-class.ts';
import { EPSILON } from './epsilon.ts';
import { hasClaim, standing } from './queue-level.ts';
import type { Level } from './queue-level.ts';

/** What queues are owed. */
export interface QueueRights {
  /** Number of levels above the queue's own that may claim for it, and have to hold more than they are owed. */
  readonly reach: number;
  /** The queue's own jobs first, then the branches that it is part of, the nearest first. */
  levels(queue: Queue): readonly Level[];
  /** What the task asks for, as far as queues may be owed it. */
  needs(task: Task, queue: Queue): Needs;
  /** What its queue holds by the task alone. */
  held(task: Task): Needs;
}

/** What a plugin that shares out answers about taking back. */
export function victimHooks(rights: QueueRights): PluginHooks {
  return {
    preemptiveFn: (queue, task) => isPreemptive(queue, rights.needs(task, queue), rights),
    reclaimableFn: (preemptor, candidates) => reclaimable(preemptor, candidates, rights),
    unifiedEvictableFn: (preemptor, candidates, isAcrossQueues) =>
      isAcrossQueues ? reclaimable(preemptor, candidates, rights, true) : undefined,
  };
}

function isPreemptive(queue: Queue, needs: Needs, rights: QueueRights): boolean {
  return queue.isOpen && claimants(queue, rights).some((level) => hasClaim(level, needs));
}

function claimants(queue: Queue, rights: QueueRights): readonly Level[] {
  return rights.levels(queue).slice(0, rights.reach + 1);
}

/**
 * Candidates that may go in the order in which they are named, each counted as gone for those after it: as long as its
 * queue holds more than it is owed of something that it holds and the preemptor asks for, and keeps its guarantee.
 * A claim of a branch takes nothing from within it: that would be no gain. With `byGang` the first member of a gang answers
 * for all of it, as far as the guarantee allows.
 */
function reclaimable(
  preemptor: Task,
  candidates: readonly Task[],
  rights: QueueRights,
  byGang = false,
): readonly Task[] {
  const asking = preemptor.job?.queue;
  if (asking === undefined) return [];
  const contest = new Contest(rights.needs(preemptor, asking), asking, rights);
  return candidates.filter((candidate) => {
    const queue = candidate.job?.queue;
    if (queue === undefined || queue === asking || !queue.record.reclaimable) return false;
    return contest.takes(candidate, queue, byGang);
  });
}

/** What one queue may take from the others while their tasks go one after the other. */
class Contest {
  readonly #asking: Needs;
  readonly #rights: QueueRights;
  readonly #path: readonly Level[];
  readonly #claimants: ReadonlySet<Level>;
  readonly #rests = new Map<Level, Rest>();
  /** By queue: what stands between it and the branch that both are part of; undefined where there is no claim on it. */
  readonly #facing = new Map<Queue, readonly Rest[] | undefined>();
  #lastQueue: Queue | undefined;
  #lastFacing: readonly Rest[] | undefined;
  readonly #gangs = new Set<unknown>();

  constructor(asking: Needs, queue: Queue, rights: QueueRights) {
    this.#asking = asking;
    this.#rights = rights;
    this.#path = rights.levels(queue);
    this.#claimants = new Set(claimants(queue, rights).filter((level) => hasClaim(level, asking)));
  }

  takes(task: Task, queue: Queue, byGang: boolean): boolean {
    const { job } = task;
    const held = this.#rights.held(task);
    const facing = this.#against(queue);
    if (facing === undefined) return false;
    const isOfGang = byGang && this.#gangs.has(job);
    const answering = isOfGang ? 0 : this.#rights.reach + 1;
    for (let i = 0; i < facing.length; i += 1) {
      const rest = facing[i] as Rest;
      if (i < answering && !rest.isOver(held, this.#asking)) return false;
      if (!rest.keepsGuarantee(held)) return false;
    }
    if (byGang) this.#gangs.add(job);
    for (let i = 0; i < facing.length; i += 1) (facing[i] as Rest).lose(held);
    return true;
  }

  /** Candidates of one queue come in runs. */
  #against(queue: Queue): readonly Rest[] | undefined {
    if (queue === this.#lastQueue) return this.#lastFacing;
    if (!this.#facing.has(queue)) this.#facing.set(queue, this.#face(queue));
    this.#lastQueue = queue;
    this.#lastFacing = this.#facing.get(queue);
    return this.#lastFacing;
  }

  #face(queue: Queue): readonly Rest[] | undefined {
    const levels = this.#rights.levels(queue);
    const others = this.#path.filter((level) => !levels.includes(level));
    if (!others.some((level) => this.#claimants.has(level))) return undefined;
    return levels.filter((level) => !this.#path.includes(level)).map((level) => this.#rest(level));
  }

  #rest(level: Level): Rest {
    let rest = this.#rests.get(level);
    if (rest === undefined) this.#rests.set(level, (rest = new Rest(level)));
    return rest;
  }
}

/** What is left of a level. */
class Rest {
  readonly #level: Level;
  /** By resource: what went already. */
  readonly #gone: number[] = [];

  constructor(level: Level) {
    this.#level = level;
  }

  /** A task whose queue says nothing about any of its resources is nobody's by right. */
  isOver({ resources }: Needs, asking: Needs): boolean {
    let isClaimed = false;
    let isWanted = false;
    for (let i = 0; i < resources.length; i += 1) {
      const r = resources[i] ?? 0;
      if (r === PODS_IX) continue;
      const owed = this.#level.owed(r);
      if (owed >= 0) isClaimed = true;
      if (!asksFor(asking, r)) continue;
      isWanted = true;
      if (owed >= 0 && this.#held(r) > owed + EPSILON) return true;
    }
    return isWanted && !isClaimed;
  }

  keepsGuarantee({ resources, amounts }: Needs): boolean {
    for (let i = 0; i < resources.length; i += 1) {
      const r = resources[i] ?? 0;
      const guarantee = this.#level.guarantee[r] ?? 0;
      if (guarantee !== 0 && this.#held(r) - (amounts[i] ?? 0) < guarantee - EPSILON) return false;
    }
    return true;
  }

  lose({ resources, amounts }: Needs): void {
    for (let i = 0; i < resources.length; i += 1) {
      const r = resources[i] ?? 0;
      this.#gone[r] = (this.#gone[r] ?? 0) + (amounts[i] ?? 0);
    }
  }

  #held(r: number): number {
    return standing(this.#level, r) - (this.#gone[r] ?? 0);
  }
}

function asksFor({ resources }: Needs, resource: number): boolean {
  for (let i = 0; i < resources.length; i += 1) if (resources[i] === resource) return true;
  return false;
}
