import { DEFAULT_POLICY } from '../src/config/policy.ts';
import type { SchedulingShape } from '../src/api/records/scheduling-shape.ts';
import { Snapshot } from '../src/scheduler/ledger/snapshot.ts';
import { Scheduler } from '../src/scheduler/scheduler.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../test/support/records.ts';
import type { Figures } from './figures.ts';
import { rounded } from './figures.ts';
import { settleYoung } from './garbage.ts';
import { stopwatch, timesOf } from './stopwatch.ts';
import type { Times } from './stopwatch.ts';

/** A busy cluster whose cycles are timed one by one. */
export const SCENES = ['idle', 'draining', 'queues', 'elastic'] as const;
export type SceneName = (typeof SCENES)[number];

export interface SceneSettings {
  readonly scene: SceneName;
  readonly runs: number;
}

const NODES = 1000;
const WAITING = 20_000;
const QUEUES = 400;
/** Pods that take a whole node, so that a full cluster has no room for any other. */
const WHOLE = makeShape({ cpu: 8000 });
const SMALL = makeShape({ cpu: 1000 });

export function benchScene({ scene, runs }: SceneSettings): Figures {
  return SCENE_RUNS[scene](runs);
}

const SCENE_RUNS: Readonly<Record<SceneName, (runs: number) => Figures>> = { idle, draining, queues, elastic };

/** 20,000 groups that wait for a full cluster: nothing changes, a node says that it lives, a group's own status comes back. */
function idle(runs: number): Figures {
  const world = new World(1);
  world.fill(WHOLE);
  for (let g = 0; g < WAITING; g += 1) world.waiting(g, SMALL);
  world.settle();
  let version = 1;
  const next = (): string => String((version += 1));
  return {
    ...timed('quietCycle', runs, () => world.cycle()),
    ...timed('heartbeatCycle', runs, () => {
      world.node(0, { resourceVersion: next() });
      world.cycle();
    }),
    ...timed('ownWriteCycle', runs, () => {
      world.waiting(0, SMALL, { resourceVersion: next(), phase: 'Pending' });
      world.cycle();
    }),
  };
}

/** Every node has a pod on its way out, and as many groups wait for the room as there are nodes. */
function draining(runs: number): Figures {
  const world = new World(1);
  world.fill(WHOLE, true);
  for (let g = 0; g < NODES; g += 1) world.waiting(g, WHOLE);
  const first = timed('firstCycle', 1, () => world.cycle());
  return { ...first, ...timed('cycle', runs, () => world.cycle()) };
}

/** 400 queues with 50 groups each; a pod of a group of one ends and another takes its place. */
function queues(runs: number): Figures {
  const world = new World(QUEUES);
  world.fill(WHOLE);
  for (let g = 0; g < WAITING; g += 1) world.waiting(g, WHOLE);
  world.settle();
  let ended = 0;
  const changed = timed('changedCycle', runs, () => {
    world.end(ended);
    ended += 1;
    world.cycle();
  });
  return { ...changed, ...timed('quietCycle', runs, () => world.cycle()) };
}

/** One application with two roles that takes its pods one by one; linear when four times the pods take four times as long. */
function elastic(runs: number): Figures {
  const cycleMs = (pods: number): number => {
    const worlds = Array.from({ length: runs }, () => elasticWorld(pods));
    return timed('cycle', runs, () => worlds.pop()?.cycle()).cycleMs;
  };
  // Compiles what the larger ones run.
  cycleMs(500);
  const small = cycleMs(1000);
  const large = cycleMs(4000);
  return { cycleOf1000Ms: small, cycleOf4000Ms: large, growth: rounded(large / small, 2) };
}

function elasticWorld(pods: number): World {
  const world = new World(1);
  const roles = new Map([
    ['driver', 1],
    ['worker', 1],
  ]);
  world.snapshot.upsertJob(makePodGroup('elastic', 2, { minTaskMember: roles }));
  for (let p = 0; p < pods; p += 1) {
    world.snapshot.upsertTask(makePod(`elastic-${p}`, 'elastic', SMALL, { task: p === 0 ? 'driver' : 'worker' }));
  }
  return world;
}

/** Nodes of 8 CPUs. */
class World {
  readonly snapshot = new Snapshot();
  readonly #scheduler: Scheduler;
  readonly #queues: number;

  constructor(queueCount: number) {
    this.#queues = queueCount;
    for (let q = 0; q < queueCount; q += 1) this.snapshot.upsertQueue(makeQueue(queueName(q, queueCount)));
    for (let n = 0; n < NODES; n += 1) this.node(n);
    this.#scheduler = new Scheduler(this.snapshot, DEFAULT_POLICY);
  }

  node(n: number, overrides: Parameters<typeof makeNode>[2] = {}): void {
    this.snapshot.upsertNode(makeNode(nodeName(n), { cpu: 8000 }, overrides));
  }

  /** A running pod on each node, in groups of one. */
  fill(shape: SchedulingShape, deleting = false): void {
    for (let n = 0; n < NODES; n += 1) {
      const queue = queueName(n, this.#queues);
      this.snapshot.upsertJob(makePodGroup(`run-${n}`, 1, { queue, phase: 'Running' }));
      const overrides = { nodeName: nodeName(n), phase: 'Running', deleting } as const;
      this.snapshot.upsertTask(makePod(`run-${n}-0`, `run-${n}`, shape, overrides));
    }
  }

  /** A group of one that has no place yet. */
  waiting(g: number, shape: SchedulingShape, overrides: Parameters<typeof makePodGroup>[2] = {}): void {
    const queue = queueName(g, this.#queues);
    const group = makePodGroup(`wait-${g}`, 1, { queue, minResources: shape.requests, createdMs: g, ...overrides });
    this.snapshot.upsertJob(group);
    if (!this.snapshot.jobs.get(group.key)?.tasks.size)
      this.snapshot.upsertTask(makePod(`wait-${g}-0`, `wait-${g}`, shape));
  }

  end(n: number): void {
    const overrides = { nodeName: nodeName(n), phase: 'Succeeded' } as const;
    this.snapshot.upsertTask(makePod(`run-${n}-0`, `run-${n}`, WHOLE, overrides));
  }

  /** What is told once is told. */
  settle(): void {
    for (let i = 0; i < 3; i += 1) this.cycle();
  }

  cycle(): void {
    this.#scheduler.cycle({ nowMs: 0 });
  }
}

function queueName(n: number, queueCount: number): string {
  return queueCount === 1 ? 'default' : `queue-${n % queueCount}`;
}

function nodeName(n: number): string {
  return `node-${String(n).padStart(5, '0')}`;
}

/** Median milliseconds of a call, under its name. */
function timed<N extends string>(name: N, runs: number, call: () => void): Times<N> {
  settleYoung();
  const took = Array.from({ length: runs }, () => {
    const stop = stopwatch();
    call();
    return stop();
  });
  return timesOf(name, took, 3);
}
