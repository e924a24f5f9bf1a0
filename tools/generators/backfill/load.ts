import { DEFAULT_POLICY } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { amounts } from '../../../test/support/scheduler-world.ts';
import { SimulatedCore } from '../../../test/support/simulated-core.ts';
import type { SimulatedJob } from '../../../test/support/simulated-core.ts';

/** Of the one node. */
export const CPUS = 8;
export const MINUTES = 120;

const MINUTE_MS = 60_000;
const START_MS = Date.UTC(2030, 0, 1);

/** Times in minutes. */
export interface PlacedJob {
  readonly name: string;
  readonly cpus: number;
  readonly start: number;
  readonly end: number;
}

function job(name: string, cpus: number, submit: number, run: number): SimulatedJob {
  const runMs = run * MINUTE_MS;
  return { name, submitMs: START_MS + submit * MINUTE_MS, runMs, estimateMs: runMs, pods: 1, requests: amounts(cpus) };
}

/** Two run when the large one comes; after it come small ones all the time, long and short. */
const JOBS: readonly SimulatedJob[] = [
  job('running-a', 4, 0, 45),
  job('running-b', 2, 0, 20),
  job('large', 8, 4, 20),
  ...Array.from({ length: 10 }, (_, i) =>
    i % 2 === 0 ? job(`long-${i}`, 2, 6 + 6 * i, 40) : job(`short-${i}`, 2, 6 + 6 * i, 12),
  ),
];

/** Who stands when, in the order in which they start. */
export function play(plannedStarts: number): readonly PlacedJob[] {
  const options = new Map<string, number>([
    ['plannedStarts', plannedStarts],
    ['reserveAfterSeconds', 0],
  ]);
  const policy: SchedulerPolicy = {
    ...DEFAULT_POLICY,
    actions: ['allocate', 'backfill'],
    actionArguments: new Map([['allocate', options]]),
  };
  const core = new SimulatedCore(policy, [amounts(CPUS)]);
  core.run(JOBS);
  return JOBS.map(({ name, requests, runMs }) => {
    const start = ((core.starts.get(name) ?? Infinity) - START_MS) / MINUTE_MS;
    return { name, cpus: (requests['cpu'] ?? 0) / 1000, start, end: start + runMs / MINUTE_MS };
  }).sort((a, b) => a.start - b.start);
}
