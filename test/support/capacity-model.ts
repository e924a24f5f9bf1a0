import fc from 'fast-check';
import type { ActionName } from '../../src/config/policy.ts';
import type { Queue } from '../../src/scheduler/model/queue.ts';
import { upFrom } from '../../src/scheduler/model/queue-paths.ts';
import { capacityPolicy, lists } from './capacity-world.ts';
import type { Lists } from './capacity-world.ts';
import { heldWithin, LivingWorld } from './living-world.ts';
import { amounts, GPU } from './scheduler-world.ts';

/** CPUs, GiB and GPUs. */
type Triple = readonly [number, number, number];

/** Of a random world: a queue below root or below an earlier one. */
export interface QueuePlan extends Lists {
  readonly above: number;
  readonly priority: number;
}

export interface GroupPlan {
  readonly queue: number;
  readonly count: number;
  readonly minMember: number;
  readonly request: Triple;
}

/** Queues and hungry groups on nodes that are too small for all of them. */
export interface WorldPlan {
  readonly isTree: boolean;
  readonly level: number;
  readonly lingers: number;
  readonly actions: readonly ActionName[];
  readonly nodes: readonly Triple[];
  readonly queues: readonly QueuePlan[];
  readonly groups: readonly GroupPlan[];
}

/** Small numbers are not likelier than others. */
function number(max: number, more = 0): fc.Arbitrary<number> {
  return fc.noBias(fc.nat(max)).map((each) => each + more);
}

function triple(max: number, more = 0): fc.Arbitrary<Triple> {
  return fc.tuple(number(max, more), number(max, more), number(max, more));
}

const queuePlan: fc.Arbitrary<QueuePlan> = fc.record({
  above: number(8),
  priority: number(4).map((each) => (each === 4 ? 1 : 0)),
  deserved: fc.option(triple(9), { freq: 4, nil: undefined }),
  capability: fc.option(triple(8, 3), { freq: 2, nil: undefined }),
  guarantee: fc.option(triple(3), { freq: 2, nil: undefined }),
});

/** Most ask for two of the three resources. */
const request: fc.Arbitrary<Triple> = fc
  .tuple(triple(2), number(2))
  .map(([[cpu, memory, gpu], none]) => [cpu + 1, none === 1 ? 0 : memory, none === 2 ? 0 : gpu]);

const groupPlan: fc.Arbitrary<GroupPlan> = fc.record({
  queue: number(7),
  count: number(5, 1),
  minMember: number(8).map((each) => (each > 3 ? 1 : each)),
  request,
});

export const worldPlan: fc.Arbitrary<WorldPlan> = fc.record({
  isTree: number(2).map((each) => each > 0),
  level: number(2),
  lingers: number(2),
  actions: fc.constantFrom<readonly ActionName[]>(['reclaim'], ['gangreclaim'], ['preempt', 'gangreclaim', 'reclaim']),
  nodes: fc.array(triple(6, 3), { minLength: 1, maxLength: 3 }),
  queues: fc.array(queuePlan, { minLength: 2, maxLength: 7, size: 'max' }),
  groups: fc.array(groupPlan, { minLength: 5, maxLength: 10, size: 'max' }),
});

/** Trees of queues that each deserve some CPUs: what is above each (see `parentOf`), and how many. */
export const hungryTree = fc.array(fc.tuple(number(8), number(5, 1)), { minLength: 2, maxLength: 7, size: 'max' });

/** Root, or a queue before the one at the index. */
export function parentOf(above: number, index: number): string {
  return index === 0 || above > 6 ? 'root' : `q${above % index}`;
}

/** The world of a plan before any group came. */
export function planned(plan: WorldPlan): LivingWorld {
  const { isTree, level, lingers, actions, nodes, queues } = plan;
  const world = new LivingWorld(capacityPolicy({ isTree, level, actions }), lingers);
  nodes.forEach((all, n) => world.node(`n${n}`, amounts(...all)));
  queues.forEach((queue, i) => {
    world.queue(`q${i}`, { ...lists(queue), priority: queue.priority, parent: parentOf(queue.above, i) });
  });
  return world;
}

/** Adds the groups of a plan, all or some of them. */
export function comes(world: LivingWorld, plan: WorldPlan, from = 0, to = plan.groups.length): void {
  plan.groups.slice(from, to).forEach(({ queue, count, minMember, request: asked }, i) => {
    const name = `g${from + i}`;
    const members = { count, requests: amounts(...asked) };
    world.gang(name, members, {
      minMember: Math.min(minMember, count),
      queue: `q${queue % plan.queues.length}`,
      createdMs: i,
    });
  });
}

type Queues = ReadonlyMap<string, Queue>;

/** What is guaranteed to a queue, or to those below it as far as the tree counts. */
export function guaranteedTo(queues: Queues, queue: Queue, resource: string, isTree: boolean): number {
  const children = isTree ? [...queues.values()].filter(({ parent }) => parent === queue) : [];
  const below = children.reduce((sum, child) => sum + guaranteedTo(queues, child, resource, isTree), 0);
  return Math.max(below, queue.record.guarantee?.get(resource) ?? 0);
}

/** All that is guaranteed fits the cluster, and the capabilities above it: nothing of it is cut. */
export function keepsGuarantees({ snapshot: { queues, nodes, resources } }: LivingWorld, isTree: boolean): boolean {
  return RESOURCES.every((resource) => {
    const of = (queue: Queue): number => guaranteedTo(queues, queue, resource, isTree);
    const tops = [...queues.values()].filter(({ parent }) => !isTree || parent === undefined);
    const sum = tops.reduce((all, queue) => all + of(queue), 0);
    return sum <= (nodes.totals[resources.intern(resource)] ?? 0) && [...queues.values()].every(isWithinCapabilities);

    function isWithinCapabilities(queue: Queue): boolean {
      return upFrom(queue).every(({ record }) => of(queue) <= (record.capability?.get(resource) ?? Infinity));
    }
  });
}

export const RESOURCES = ['cpu', 'memory', GPU];

/** Queues that hold more than their capability with those below them. */
export function overfull({ snapshot: { queues, resources } }: LivingWorld): string[] {
  return [...queues.values()].flatMap((queue) =>
    [...(queue.record.capability ?? [])].flatMap(([resource, most]) =>
      heldWithin(queue, resources.find(resource) ?? -1) > most ? `${queue.name} ${resource}` : [],
    ),
  );
}
