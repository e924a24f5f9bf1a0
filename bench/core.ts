import { DEFAULT_POLICY } from '../src/config/policy.ts';
import { Scheduler } from '../src/scheduler/scheduler.ts';
import { Snapshot } from '../src/scheduler/snapshot.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../test/support/records.ts';
import type { Figures } from './figures.ts';
import { median } from './figures.ts';

/** How many nodes, groups and pods a core run has; runs is the number of fresh worlds that are timed. */
export interface CoreSettings {
  readonly nodes: number;
  readonly gangs: number;
  readonly podsPerGang: number;
  readonly runs: number;
}

export const CORE_PLAIN: CoreSettings = { nodes: 5000, gangs: 50_000, podsPerGang: 1, runs: 9 };
export const CORE_GANG: CoreSettings = { nodes: 5000, gangs: 10, podsPerGang: 5000, runs: 9 };

interface Timing {
  readonly ingestMs: number;
  readonly cycleMs: number;
}

/**
 * The decision core alone: one cycle from an ingested backlog to all decisions, queueing and bookkeeping included.
 * The first runs warm the code up like a scheduler that has been up for a second; the best and the median are told.
 */
export function benchCore(settings: CoreSettings): Figures {
  const timings: Timing[] = [];
  for (let run = 0; run < settings.runs; run += 1) timings.push(runOnce(settings));
  const pods = settings.gangs * settings.podsPerGang;
  const cycles = timings.map((timing) => timing.cycleMs);
  const rate = (ms: number): number => Math.round((pods * 1000) / ms);
  return {
    podsPerSecond: rate(median(cycles)),
    bestPodsPerSecond: rate(Math.min(...cycles)),
    coldPodsPerSecond: rate(cycles[0] ?? NaN),
    ingestPodsPerSecond: rate(median(timings.map((timing) => timing.ingestMs))),
    cycleMs: Math.round(median(cycles) * 100) / 100,
    decidedPods: pods,
  };
}

function runOnce({ nodes, gangs, podsPerGang }: CoreSettings): Timing {
  const shape = makeShape({ cpu: 1000, memory: 2 * 1024 * 1024 });
  const start = performance.now();
  const snapshot = new Snapshot();
  snapshot.upsertQueue(makeQueue('default'));
  for (let n = 0; n < nodes; n += 1) {
    snapshot.upsertNode(makeNode(`node-${String(n).padStart(5, '0')}`, { cpu: 32_000, memory: 128 * 1024 * 1024 }));
  }
  const minResources = new Map([['cpu', 1000 * podsPerGang], ['memory', 2 * 1024 * 1024 * podsPerGang]]);
  for (let g = 0; g < gangs; g += 1) {
    const group = `gang-${String(g).padStart(6, '0')}`;
    snapshot.upsertJob(makePodGroup(group, podsPerGang, { minResources, createdMs: g }));
    for (let p = 0; p < podsPerGang; p += 1) {
      snapshot.upsertTask(makePod(`${group}-${String(p).padStart(6, '0')}`, group, shape));
    }
  }
  const scheduler = new Scheduler(snapshot, DEFAULT_POLICY);
  const ingested = performance.now();
  const decisions = scheduler.cycle();
  const done = performance.now();
  let placed = 0;
  for (const decision of decisions) if (decision.kind === 'gang') placed += decision.binds.length;
  if (placed !== gangs * podsPerGang) throw new Error(`Cannot report: ${placed} of ${gangs * podsPerGang} pods were placed`);
  return { ingestMs: ingested - start, cycleMs: done - ingested };
}
