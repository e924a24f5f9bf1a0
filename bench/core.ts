import type { SchedulingShape } from '../src/api/records/scheduling-shape.ts';
import { DEFAULT_POLICY } from '../src/config/policy.ts';
import { Scheduler } from '../src/scheduler/scheduler.ts';
import { Snapshot } from '../src/scheduler/ledger/snapshot.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../test/support/records.ts';
import type { Figures } from './figures.ts';
import { decodedText } from './decoded-text.ts';
import { median } from './figures.ts';
import { settleYoung } from './garbage.ts';
import { stopwatch, timesOf } from './stopwatch.ts';
import type { Took } from './stopwatch.ts';

/** How many nodes, groups and pods a core run has; runs is the number of fresh worlds that are timed. */
export interface CoreSettings {
  readonly nodes: number;
  readonly gangs: number;
  readonly podsPerGang: number;
  readonly runs: number;
  /** Of each pod. */
  readonly asks: 'cpu' | 'card';
}

export const CORE_PLAIN: CoreSettings = { nodes: 5000, gangs: 50_000, podsPerGang: 1, runs: 15, asks: 'cpu' };
export const CORE_GANG: CoreSettings = { nodes: 5000, gangs: 10, podsPerGang: 5000, runs: 15, asks: 'cpu' };
/** Eight cards a node, all of them taken. */
export const CORE_EXTENDED: CoreSettings = { nodes: 5000, gangs: 40_000, podsPerGang: 1, runs: 15, asks: 'card' };

interface Timing {
  readonly ingest: Took;
  readonly cycle: Took;
}

/** Backlogs before those that count: the code of a core that has run for some seconds is compiled. */
const WARM_RUNS = 10;

/**
 * The decision core alone: one cycle from an ingested backlog to all decisions, queueing and bookkeeping included.
 * One core lives through all runs, as in production; each run's backlog is new, and gone before the next one. `coldPodsPerSecond` is of
 * the very first one in a new process.
 */
export function benchCore(settings: CoreSettings): Figures {
  const world = new World(settings);
  const all = Array.from({ length: WARM_RUNS + settings.runs }, (_, run) => world.run(run));
  const timings = all.slice(WARM_RUNS);
  const pods = settings.gangs * settings.podsPerGang;
  const cycles = timings.map(({ cycle }) => cycle.wallMs);
  const rate = (ms: number): number => Math.round((pods * 1000) / ms);
  return {
    podsPerSecond: rate(median(cycles)),
    bestPodsPerSecond: rate(Math.min(...cycles)),
    coldPodsPerSecond: rate(all[0]?.cycle.wallMs ?? NaN),
    ingestPodsPerSecond: rate(median(timings.map(({ ingest }) => ingest.wallMs))),
    ...timesOf(
      'cycle',
      timings.map(({ cycle }) => cycle),
    ),
    decidedPods: pods,
  };
}

/** A cluster of equal nodes whose backlog is placed and cleared away, run after run. */
class World {
  readonly #settings: CoreSettings;
  readonly #snapshot = new Snapshot();
  readonly #scheduler: Scheduler;
  readonly #shape: SchedulingShape;

  constructor(settings: CoreSettings) {
    this.#settings = settings;
    const card = settings.asks === 'card' ? { [CARD]: 1 } : {};
    this.#shape = makeShape({ cpu: 1000, memory: 2 * GIB_IN_KIB, ...card });
    this.#snapshot.upsertQueue(makeQueue('default'));
    for (let n = 0; n < settings.nodes; n += 1) {
      const name = `node-${String(n).padStart(5, '0')}`;
      this.#snapshot.upsertNode(makeNode(name, { cpu: 32_000, memory: 128 * GIB_IN_KIB, [CARD]: 8 }));
    }
    this.#scheduler = new Scheduler(this.#snapshot, DEFAULT_POLICY);
  }

  run(run: number): Timing {
    const ingesting = stopwatch();
    const { groups, pods } = this.#ingest(`run-${run}`);
    settleYoung();
    const ingest = ingesting();
    const placing = stopwatch();
    const decisions = this.#scheduler.cycle({ nowMs: 0 });
    const cycle = placing();
    let placed = 0;
    for (const decision of decisions) if (decision.kind === 'gang') placed += decision.binds.length;
    if (placed !== pods.length) throw new Error(`Cannot report: ${placed} of ${pods.length} pods were placed`);
    for (const uid of pods) this.#snapshot.removeTask(uid);
    for (const key of groups) this.#snapshot.removeJob(key);
    this.#scheduler.cycle({ nowMs: 0 });
    return { ingest, cycle };
  }

  #ingest(prefix: string): { readonly groups: readonly string[]; readonly pods: readonly string[] } {
    const { gangs, podsPerGang } = this.#settings;
    const minResources = new Map(
      Array.from(this.#shape.requests, ([name, amount]) => [name, amount * podsPerGang] as const),
    );
    const groups: string[] = [];
    const pods: string[] = [];
    for (let g = 0; g < gangs; g += 1) {
      const group = makePodGroup(decodedText(`${prefix}-${String(g).padStart(6, '0')}`), podsPerGang, {
        minResources,
        createdMs: g,
      });
      groups.push(group.key);
      this.#snapshot.upsertJob(group);
      for (let p = 0; p < podsPerGang; p += 1) {
        const pod = makePod(decodedText(`${group.name}-${String(p).padStart(6, '0')}`), group.name, this.#shape);
        pods.push(pod.uid);
        this.#snapshot.upsertTask(pod);
      }
    }
    return { groups, pods };
  }
}

const CARD = 'nvidia.com/gpu';
const GIB_IN_KIB = 1024 * 1024;
