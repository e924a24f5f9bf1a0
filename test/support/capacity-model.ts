import fc from 'fast-check';
import type { Queue } from '../../src/scheduler/model/queue.ts';
import { capacityPolicy, lists } from './capacity-world.ts';
import type { Lists } from './capacity-world.ts';
import { heldWithin, LivingWorld } from './living-world.ts';
import { amounts } from './scheduler-world.ts';

/** Of a random world: a queue below root or below an earlier one. */
export interface QueuePlan extends Lists {
  readonly above: number;
  readonly priority: number;
}

export interface GroupPlan {
  readonly queue: number;
  readonly count: number;
  readonly minMember: number;
  readonly request: readonly [number, number];
}

/** Queues and hungry groups on nodes that are too small for all of them. */
export interface WorldPlan {
  readonly isTree: boolean;
  readonly level: number;
  readonly lingers: number;
  readonly action: 'reclaim' | 'gangreclaim';
  readonly nodes: readonly (readonly [number, number])[];
  readonly queues: readonly QueuePlan[];
  readonly groups: readonly GroupPlan[];
}

/** Small numbers are not likelier than others. */
function number(max: number): fc.Arbitrary<number> {
  return fc.noBias(fc.nat(max));
}

const pair = (max: number): fc.Arbitrary<readonly [number, number]> => fc.tuple(number(max), number(max));

const queuePlan: fc.Arbitrary<QueuePlan> = fc.record({
  above: number(7),
  priority: number(4).map((each) => (each === 4 ? 1 : 0)),
  deserved: fc.option(pair(6), { freq: 4, nil: undefined }),
  capability: fc.option(
    pair(8).map(([cpu, memory]) => [cpu + 2, memory + 2] as const),
    { freq: 1, nil: undefined },
  ),
  guarantee: fc.option(pair(1), { freq: 1, nil: undefined }),
}) as fc.Arbitrary<QueuePlan>;

const groupPlan: fc.Arbitrary<GroupPlan> = fc.record({
  queue: number(7),
  count: number(5).map((each) => each + 1),
  minMember: number(6).map((each) => (each > 3 ? 1 : each)),
  request: fc.tuple(
    number(2).map((cpus) => cpus + 1),
    number(3),
  ),
});

export const worldPlan: fc.Arbitrary<WorldPlan> = fc.record({
  isTree: fc.boolean(),
  level: number(2),
  lingers: number(2),
  action: fc.constantFrom('reclaim', 'reclaim', 'gangreclaim'),
  nodes: fc.array(
    pair(6).map(([cpu, memory]) => [cpu + 3, memory + 3] as const),
    { minLength: 1, maxLength: 3 },
  ),
  queues: fc.array(queuePlan, { minLength: 2, maxLength: 7, size: 'max' }),
  groups: fc.array(groupPlan, { minLength: 2, maxLength: 10, size: 'max' }),
});

/** The world of a plan before any group came. */
export function planned(plan: WorldPlan): LivingWorld {
  const { isTree, level, lingers, action, nodes, queues } = plan;
  const world = new LivingWorld(capacityPolicy({ isTree, level, actions: [action] }), lingers);
  nodes.forEach(([cpus, gibs], n) => world.node(`n${n}`, amounts(cpus, gibs)));
  queues.forEach((queue, i) => {
    const parent = i === 0 || queue.above >= i ? 'root' : `q${queue.above}`;
    world.queue(`q${i}`, { ...lists(queue), priority: queue.priority, parent });
  });
  return world;
}

/** Adds the groups of a plan, all or some of them. */
export function comes(world: LivingWorld, plan: WorldPlan, from = 0, to = plan.groups.length): void {
  plan.groups.slice(from, to).forEach(({ queue, count, minMember, request: [cpus, gibs] }, i) => {
    const name = `g${from + i}`;
    const members = { count, requests: amounts(cpus, gibs) };
    world.gang(name, members, {
      minMember: Math.min(minMember, count),
      queue: `q${queue % plan.queues.length}`,
      createdMs: i,
    });
  });
}

/** What is guaranteed to the branch, for itself or for those below. */
export function guaranteedTo(queues: ReadonlyMap<string, Queue>, queue: Queue, resource: string): number {
  let below = 0;
  for (const each of queues.values()) if (each.parent === queue) below += guaranteedTo(queues, each, resource);
  return Math.max(below, queue.record.guarantee?.get(resource) ?? 0);
}

/** Queues that hold more than their capability with those below them. */
export function overfull({ snapshot: { queues, resources } }: LivingWorld): string[] {
  return [...queues.values()].flatMap((queue) =>
    [...(queue.record.capability ?? [])].flatMap(([resource, most]) =>
      heldWithin(queue, resources.find(resource) ?? -1) > most ? `${queue.name} ${resource}` : [],
    ),
  );
}
