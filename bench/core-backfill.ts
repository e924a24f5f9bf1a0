import { readFileSync } from 'node:fs';
import { DEFAULT_POLICY, plugin } from '../src/config/policy.ts';
import type { SchedulerPolicy } from '../src/config/policy.ts';
import { SimulatedCore } from '../test/support/simulated-core.ts';
import type { SimulatedJob } from '../test/support/simulated-core.ts';
import type { Figures } from './figures.ts';
import { seededRandom } from './random.ts';
import { readSwf } from './swf.ts';
import type { LoggedJob } from './swf.ts';

/** A machine, and what comes to it. */
export interface BackfillSettings {
  /** Path of a log in the Standard Workload Format; empty for jobs that are made up. */
  readonly log: string;
  readonly processors: number;
  /** Times between arrivals, in percent of those of the log. */
  readonly arrivals: number;
  readonly jobs: number;
}

export const CORE_BACKFILL: BackfillSettings = { log: '', processors: 128, arrivals: 100, jobs: 5000 };

/** Jobs whose run time is shorter count as if they ran for so many seconds. */
const SHORTEST = 10;
const START_MS = Date.UTC(2030, 0, 1);

/** What `allocate` is told. With one planned start this is EASY backfilling, with more it comes near conservative backfilling. */
const MODES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  firstFit: { reserveAfterSeconds: 0 },
  easy: { plannedStarts: 1, reserveAfterSeconds: 0 },
  easyBounded: { plannedStarts: 1 },
  tenPlanned: { plannedStarts: 10, reserveAfterSeconds: 0 },
};

/** The same jobs in each mode, first come first served, on one node that has all the processors. */
export function benchBackfill(settings: BackfillSettings): Figures {
  const logged =
    settings.log === '' ? madeUp(settings) : readSwf(readFileSync(settings.log, 'utf8'), settings.processors);
  const jobs = simulated(logged.slice(0, settings.jobs), settings.arrivals / 100);
  return {
    jobs: jobs.length,
    ...Object.fromEntries(
      Object.entries(MODES).map(([mode, options]) => [mode, play(jobs, policy(options), settings.processors)]),
    ),
  };
}

function policy(options: Readonly<Record<string, number>>): SchedulerPolicy {
  return {
    ...DEFAULT_POLICY,
    actions: ['allocate'],
    tiers: [[plugin('gang')], [plugin('predicates')]],
    actionArguments: new Map([['allocate', new Map(Object.entries({ planWithinSeconds: 31_536_000, ...options }))]]),
  };
}

function simulated(logged: readonly LoggedJob[], factor: number): SimulatedJob[] {
  const first = logged[0]?.submit ?? 0;
  return logged.map(({ submit, run, estimate, processors }, i) => ({
    name: `j${String(i).padStart(6, '0')}`,
    submitMs: START_MS + Math.round((submit - first) * factor * 1000),
    runMs: run * 1000,
    estimateMs: estimate * 1000,
    pods: 1,
    requests: { cpu: processors * 1000 },
  }));
}

function play(jobs: readonly SimulatedJob[], which: SchedulerPolicy, processors: number): Figures {
  const core = new SimulatedCore(which, [{ cpu: processors * 1000, pods: 1_000_000 }]);
  const startMs = performance.now();
  core.run(jobs);
  const tookMs = performance.now() - startMs;
  const waits = jobs.map(({ name, submitMs }) => ((core.starts.get(name) ?? Infinity) - submitMs) / 1000);
  const slowdowns = jobs.map(({ runMs }, i) => {
    const run = runMs / 1000;
    return Math.max(1, ((waits[i] ?? 0) + run) / Math.max(run, SHORTEST));
  });
  const work = jobs.reduce((sum, { runMs, requests }) => sum + (runMs * (requests['cpu'] ?? 0)) / 1000, 0);
  const lastMs = core.starts.values().reduce((a, b) => Math.max(a, b), START_MS) - START_MS;
  return {
    meanBoundedSlowdown: rounded(mean(slowdowns), 10),
    meanWaitSeconds: Math.round(mean(waits)),
    longestWaitSeconds: Math.round(waits.reduce((a, b) => Math.max(a, b), 0)),
    utilisation: rounded(work / (lastMs * processors), 1000),
    milliseconds: Math.round(tookMs),
  };
}

/**
 * Sizes are powers of two, run times are spread evenly over their orders of magnitude from a minute to eight hours, estimates are up to five times
 * as long, and as much comes as the machine can do.
 */
function madeUp({ processors, jobs }: BackfillSettings): LoggedJob[] {
  const random = seededRandom(5);
  const sizes = 1 + Math.floor(Math.log2(processors));
  const bare = Array.from({ length: jobs }, () => {
    const run = Math.round(60 * 480 ** random());
    return { run, estimate: Math.round(run * (1 + 4 * random())), processors: 2 ** Math.floor(random() * sizes) };
  });
  const gap = (2 * bare.reduce((sum, job) => sum + job.run * job.processors, 0)) / (processors * jobs);
  let submit = 0;
  return bare.map((job) => {
    submit += Math.round(random() * gap);
    return { ...job, submit };
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rounded(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}
