import { podWith } from '../../../src/api/records/stored-pod.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import { makePod, makeShape } from '../../../test/support/records.ts';
import { amounts, SchedulerWorld } from '../../../test/support/scheduler-world.ts';

/** Of the nodes together. */
export const CPUS = 100;
export const MINUTES = 60;

/** Who asks for what, and when. */
interface Demand {
  readonly group: string;
  readonly queue: string;
  readonly cpus: number;
  readonly gibs: number;
  readonly pods: number;
  readonly fromMinute: number;
}

/** Twice as much work of each group as the cluster can hold. */
const DEMANDS: readonly Demand[] = [
  { group: 'red-small', queue: 'red', cpus: 1, gibs: 4, pods: 120, fromMinute: 0 },
  { group: 'red-large', queue: 'red', cpus: 5, gibs: 5, pods: 40, fromMinute: 0 },
  { group: 'blue-small', queue: 'blue', cpus: 1, gibs: 4, pods: 120, fromMinute: 15 },
  { group: 'blue-large', queue: 'blue', cpus: 5, gibs: 5, pods: 40, fromMinute: 15 },
];

export const GROUPS: readonly string[] = DEMANDS.map(({ group }) => group);

/** CPUs that each group holds, minute by minute. */
export type Holdings = readonly ReadonlyMap<string, number>[];

/**
 * The same load under a policy: queue red (weight 1) has the cluster for itself until queue blue (weight 3, and half of the
 * cluster deserved by each) comes after a quarter of an hour. Pods run for half an hour; an evicted one is made again.
 */
export function play(policy: SchedulerPolicy): Holdings {
  const world = new SchedulerWorld(policy).nodes(10, amounts(CPUS / 10, CPUS / 5));
  const deserved = new Map(Object.entries(amounts(CPUS / 2, CPUS)));
  world.queue('red', { weight: 1, deserved: undefined }).queue('blue', { weight: 3, deserved: undefined });
  if (policy.tiers.flat().some(({ name }) => String(name) === 'capacity')) {
    world.queue('red', { deserved }).queue('blue', { deserved });
  }
  const until = new Map<string, number>();
  const held: ReadonlyMap<string, number>[] = [];
  for (let minute = 0; minute < MINUTES; minute += 1) {
    world.nowMs = minute * 60_000;
    come(world, minute);
    for (let turn = 0; turn < 3; turn += 1) takeTurn(world, minute, until);
    held.push(cpusOf(world));
  }
  return held;
}

function come(world: SchedulerWorld, minute: number): void {
  for (const { group, queue, cpus, gibs, pods, fromMinute } of DEMANDS) {
    if (fromMinute !== minute) continue;
    // Of each queue, the small pods are of one team, and the large ones of another.
    const namespace = group.slice(group.indexOf('-') + 1);
    world.group(group, 1, { key: `${namespace}/${group}`, namespace, queue, createdMs: minute });
    for (let i = 0; i < pods; i += 1) {
      const name = `${group}-${i}`;
      const shape = makeShape(amounts(cpus, gibs));
      world.snapshot.upsertTask(makePod(name, group, shape, { key: `${namespace}/${name}`, namespace }));
    }
  }
}

/** Half an hour, and not all at the same minute. */
const RUNS_FOR = 30;

function takeTurn(world: SchedulerWorld, minute: number, until: Map<string, number>): void {
  const { snapshot } = world;
  for (const decision of world.cycle().decisions) {
    if (decision.kind !== 'evict') continue;
    const record = snapshot.tasks.get(decision.uid)?.record;
    snapshot.removeTask(decision.uid);
    if (record === undefined) continue;
    const name = `${record.name}x`;
    const again = {
      key: `${record.namespace}/${name}`,
      name,
      uid: `uid-${name}`,
      nodeName: '',
      phase: 'Pending',
    } as const;
    snapshot.upsertTask(podWith(record, again));
  }
  for (const { status, record, nodeName, uid } of snapshot.tasks.values()) {
    if (status === TaskStatus.Binding) {
      snapshot.upsertTask(podWith(record, { nodeName, phase: 'Running' }));
      until.set(uid, minute + RUNS_FOR + (until.size % 7));
    } else if (status === TaskStatus.Running && (until.get(uid) ?? Infinity) <= minute) {
      snapshot.upsertTask(podWith(record, { phase: 'Succeeded' }));
    }
  }
}

function cpusOf({ snapshot }: SchedulerWorld): ReadonlyMap<string, number> {
  const held = new Map<string, number>();
  for (const { status, job, class: taskClass } of snapshot.tasks.values()) {
    if (status !== TaskStatus.Running || job === undefined) continue;
    const { name } = job.record;
    held.set(name, (held.get(name) ?? 0) + taskClass.amountOf(0) / 1000);
  }
  return held;
}
