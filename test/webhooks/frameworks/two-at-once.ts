import type { GroupPlan } from '../../../src/api/group-plan.ts';
import type { PodRecord } from '../../../src/api/records/pod-record.ts';
import type { ResourceAmounts } from '../../../src/api/records/scheduling-shape.ts';
import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import { demandAt, openStage } from '../../../src/controllers/pod-group/stage.ts';
import { amounts } from '../../support/scheduler-world.ts';
import { LivingWorld } from '../../support/living-world.ts';

/** When a framework makes the pods of a later stage: at once with all others, or when those before them run. */
export type PodsCome = 'at once' | 'stage by stage';

/** How many pods of each of two applications run, before the first one is gone and afterwards. */
export interface Course {
  readonly whole: number;
  readonly before: readonly [first: number, second: number];
  readonly after: readonly [first: number, second: number];
}

/**
 * Two applications with the same plan, submitted together, where there is room for one: the real core and the real stages. A
 * group asks for room for all that its plan starts together, unless told for how many pods.
 */
export function courseOfTwo(plan: GroupPlan, podsCome: PodsCome, asked?: number): Course {
  const whole = plan.tasks.reduce((sum, { min }) => sum + min, 0);
  const minResources = new Map([['cpu', (asked ?? whole) * 1000]]);
  const world = new LivingWorld(DEFAULT_POLICY).nodes(1, amounts(whole));
  const names = ['a', 'b'];
  const live = (): void => {
    for (const name of names) go(world, plan, name, podsCome, minResources);
    world.nowMs += 1000;
    world.live();
  };
  const running = (): readonly [number, number] => [runningOf(world, 'a').length, runningOf(world, 'b').length];
  const cycles = 2 + 3 * new Set(plan.tasks.map(({ stage }) => stage)).size;
  for (let cycle = 0; cycle < cycles; cycle += 1) live();
  const before = running();
  names.shift();
  for (const { record } of world.snapshot.tasks.values())
    if (record.group === 'a') world.snapshot.removeTask(record.uid);
  world.snapshot.removeJob('ns/a');
  for (let cycle = 0; cycle < cycles; cycle += 1) live();
  return { whole, before, after: running() };
}

/** What controllers and the framework do between two cycles. */
function go(
  world: LivingWorld,
  plan: GroupPlan,
  name: string,
  podsCome: PodsCome,
  minResources: ResourceAmounts,
): void {
  const open = openStage(plan, runningOf(world, name));
  const { minMember, minTaskMember } = demandAt(plan, open);
  world.group(name, minMember, { minTaskMember, minResources });
  for (const { name: task, min, stage } of plan.tasks) {
    const prefix = `${name}-${task}`;
    if (world.snapshot.tasks.has(`uid-${prefix}-0`) || (podsCome === 'stage by stage' && stage > open)) continue;
    world.pods(name, { count: min, requests: amounts(1), task, prefix });
  }
}

function runningOf(world: LivingWorld, name: string): readonly PodRecord[] {
  const records = [...world.snapshot.tasks.values()].map(({ record }) => record);
  return records.filter(({ group, phase }) => group === name && phase === 'Running');
}
