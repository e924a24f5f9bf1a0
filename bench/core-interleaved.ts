import { Snapshot } from '../src/scheduler/ledger/snapshot.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../test/support/records.ts';
import { decodedText } from './decoded-text.ts';
import { median } from './figures.ts';
import type { Figures } from './figures.ts';
import { timePlacingCycle } from './placing-cycle.ts';
import { timesOf } from './stopwatch.ts';
import type { Took } from './stopwatch.ts';

/** Groups of one whose shapes take turns. */
export interface InterleavedSettings {
  readonly nodes: number;
  readonly pods: number;
  readonly classes: number;
  readonly runs: number;
}

export const CORE_INTERLEAVED: InterleavedSettings = { nodes: 5000, pods: 20_000, classes: 500, runs: 9 };

/** Cores before those that count. */
const WARM_RUNS = 5;

const KIB_PER_GIB = 1024 * 1024;

/** One cycle over a backlog in which neighbours are never alike; each run is a world of its own, so every class is new; the code is compiled. */
export function benchInterleaved(settings: InterleavedSettings): Figures {
  for (let warm = 0; warm < WARM_RUNS; warm += 1) timeCycle(settings);
  const cycles = Array.from({ length: settings.runs }, () => timeCycle(settings));
  const wall = cycles.map(({ wallMs }) => wallMs);
  const rate = (ms: number): number => Math.round((settings.pods * 1000) / ms);
  return {
    podsPerSecond: rate(median(wall)),
    bestPodsPerSecond: rate(Math.min(...wall)),
    ...timesOf('cycle', cycles),
    decidedPods: settings.pods,
  };
}

function timeCycle({ nodes, pods, classes }: InterleavedSettings): Took {
  const snapshot = new Snapshot();
  snapshot.upsertQueue(makeQueue('default'));
  for (let n = 0; n < nodes; n += 1) {
    snapshot.upsertNode(makeNode(`node-${String(n).padStart(5, '0')}`, { cpu: 32_000, memory: 128 * KIB_PER_GIB }));
  }
  const shapes = Array.from({ length: classes }, (_, c) => makeShape({ cpu: 500 + 2 * c, memory: KIB_PER_GIB + c }));
  for (let p = 0; p < pods; p += 1) {
    const shape = shapes[p % classes];
    if (shape === undefined) continue;
    const group = makePodGroup(decodedText(`g-${String(p).padStart(6, '0')}`), 1, {
      createdMs: p,
      minResources: shape.requests,
    });
    snapshot.upsertJob(group);
    snapshot.upsertTask(makePod(decodedText(`${group.name}-0`), group.name, shape));
  }
  return timePlacingCycle(snapshot, pods);
}
