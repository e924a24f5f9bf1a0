import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_POLICY, plugin } from '../../src/config/policy.ts';
import type { ActionName, PluginArguments, SchedulerPolicy } from '../../src/config/policy.ts';
import { capacityPolicy, lists } from '../support/capacity-world.ts';
import { makeQueue } from '../support/records.ts';
import { amounts } from '../support/scheduler-world.ts';
import { SimulatedCore } from '../support/simulated-core.ts';
import type { OnCycle, SimulatedJob } from '../support/simulated-core.ts';

const MINUTE_MS = 60_000;
const CPUS = 4;
/** `SLUICE_COMMANDS` asks for about so many random jobs for each property, `SLUICE_SEED` for other ones. */
const COMMANDS = Number(process.env['SLUICE_COMMANDS'] ?? 0);
const RUNS = { numRuns: Math.max(50, Math.round(COMMANDS / 20)), seed: Number(process.env['SLUICE_SEED'] ?? 11) };

function policy(options: Readonly<Record<string, number>>, base: SchedulerPolicy = DEFAULT_POLICY): SchedulerPolicy {
  const given = new Map<ActionName, PluginArguments>([['allocate', new Map(Object.entries(options))]]);
  return { ...base, actionArguments: given };
}

/** Groups come to `allocate` in the order in which they were made. */
const IN_ORDER: SchedulerPolicy = {
  ...DEFAULT_POLICY,
  actions: ['allocate', 'backfill'],
  tiers: [[plugin('gang')], [plugin('predicates'), plugin('binpack')]],
};

interface Draw {
  readonly gapMinutes: number;
  readonly runMinutes: number;
  readonly slackMinutes: number;
  readonly pods: number;
  readonly cpus: number;
  readonly says: number;
}

const DRAW: fc.Arbitrary<Draw> = fc.noBias(
  fc.record({
    gapMinutes: fc.integer({ min: 0, max: 12 }),
    runMinutes: fc.integer({ min: 1, max: 60 }),
    slackMinutes: fc.integer({ min: 0, max: 30 }),
    pods: fc.integer({ min: 1, max: 6 }),
    cpus: fc.integer({ min: 1, max: CPUS }),
    says: fc.nat(9),
  }),
);

/** Whether estimates are upper bounds; how many of ten groups have one; and how many nodes there are. */
interface Words {
  readonly isBound: boolean;
  readonly saying: number;
  readonly nodes: number;
}

/** Each fits the empty cluster: no more pods of so many CPUs than nodes. */
function jobsOf(draws: readonly Draw[], { isBound, saying, nodes }: Words): SimulatedJob[] {
  let submitMs = Date.UTC(2030, 0, 1);
  return draws.map(({ gapMinutes, runMinutes, slackMinutes, pods, cpus, says }, i) => {
    submitMs += gapMinutes * MINUTE_MS;
    const said = isBound ? runMinutes + slackMinutes : Math.max(1, runMinutes - slackMinutes);
    return {
      name: `g${String(i).padStart(3, '0')}`,
      submitMs,
      runMs: runMinutes * MINUTE_MS,
      estimateMs: says < saying ? said * MINUTE_MS : 0,
      pods: Math.min(pods, nodes),
      requests: amounts(cpus),
    };
  });
}

function nodesOf(count: number): Readonly<Record<string, number>>[] {
  return Array.from({ length: count }, () => amounts(CPUS));
}

/** Milliseconds from the planned start of each group that was planned while it was the first to wait, as told first. */
class Promises {
  readonly #jobs: ReadonlyMap<string, SimulatedJob>;
  readonly #first = new Map<string, number>();
  readonly core: SimulatedCore;

  constructor(which: SchedulerPolicy, nodes: number, jobs: readonly SimulatedJob[]) {
    this.#jobs = new Map(jobs.map((job) => [job.name, job]));
    const note: OnCycle = (nowMs, decisions) => {
      const waiting = jobs.find(({ name, submitMs }) => submitMs <= nowMs && !this.core.starts.has(name));
      for (const decision of decisions) {
        if (decision.kind !== 'refusal' || decision.code !== 'StartPlanned') continue;
        const name = decision.group.slice('ns/'.length);
        const told = /planned to start .* by (\S+), when/.exec(decision.message)?.[1];
        if (name !== waiting?.name || told === undefined || this.#first.has(name)) continue;
        this.#first.set(name, Date.parse(told));
      }
    };
    this.core = new SimulatedCore(which, nodesOf(nodes), note);
    this.core.run(jobs);
  }

  /** Of all that were planned: how much later than planned they started, at most 0 for those that were not late. */
  delays(): number[] {
    return [...this.#first].map(([name, plannedMs]) => {
      expect(this.#jobs.has(name)).to.equal(true);
      return (this.core.starts.get(name) ?? Infinity) - plannedMs;
    });
  }
}

const WORLD = fc.record({
  draws: fc.array(DRAW, { minLength: 10, maxLength: 40, size: 'max' }),
  nodes: fc.integer({ min: 2, max: 6 }),
  plannedStarts: fc.integer({ min: 1, max: 3 }),
});

describe('planned starts, over any series of gangs', () => {
  for (const [words, saying] of [
    ['all say how long they run at most', 10],
    ['some do not say how long they run', 8],
  ] as const) {
    it(`never come later than they were planned, when ${words}`, () => {
      let planned = 0;
      fc.assert(
        fc.property(WORLD, ({ draws, nodes, plannedStarts }) => {
          const which = policy({ plannedStarts, reserveAfterSeconds: 0 }, IN_ORDER);
          const promises = new Promises(which, nodes, jobsOf(draws, { isBound: true, saying, nodes }));
          for (const delay of promises.delays()) expect(delay).to.be.at.most(0);
          planned += promises.delays().length;
        }),
        RUNS,
      );
      expect(planned).to.be.greaterThan(RUNS.numRuns);
    });
  }

  it('let smaller work pass that would have waited in strict order', () => {
    let passed = 0;
    fc.assert(
      fc.property(WORLD, ({ draws, nodes }) => {
        const jobs = jobsOf(draws, { isBound: true, saying: 10, nodes });
        const { core } = new Promises(policy({ plannedStarts: 1, reserveAfterSeconds: 0 }, IN_ORDER), nodes, jobs);
        const starts = jobs.map(({ name }) => core.starts.get(name) ?? Infinity);
        passed += starts.filter((at, i) => starts.slice(0, i).some((before) => before > at)).length;
      }),
      RUNS,
    );
    expect(passed).to.be.greaterThan(RUNS.numRuns);
  });

  for (const [words, isBound] of [
    ['are upper bounds', true],
    ['are too short', false],
  ] as const) {
    it(`keep no gang from starting in the end that fits the empty cluster, when estimates ${words} or are missing`, () => {
      fc.assert(
        fc.property(WORLD, ({ draws, nodes, plannedStarts }) => {
          const jobs = jobsOf(draws, { isBound, saying: 7, nodes });
          const core = new SimulatedCore(policy({ plannedStarts }), nodesOf(nodes));
          core.run(jobs, (jobs.at(-1)?.submitMs ?? 0) + 10_000 * MINUTE_MS);
          expect(jobs.filter(({ name }) => !core.starts.has(name))).to.deep.equal([]);
        }),
        RUNS,
      );
    });
  }

  it('are the same whenever the same comes in the same order', () => {
    fc.assert(
      fc.property(WORLD, ({ draws, nodes, plannedStarts }) => {
        const play = (): string => {
          const told: unknown[] = [];
          const core = new SimulatedCore(policy({ plannedStarts }), nodesOf(nodes), (...cycle) => told.push(cycle));
          core.run(jobsOf(draws, { isBound: true, saying: 8, nodes }));
          return JSON.stringify(told);
        };
        expect(play()).to.equal(play());
      }),
      { ...RUNS, numRuns: Math.ceil(RUNS.numRuns / 4) },
    );
  });

  it('leave the nodes as they were: what is charged in a cycle is given back at its end', () => {
    fc.assert(
      fc.property(WORLD, ({ draws, nodes, plannedStarts }) => {
        const core: SimulatedCore = new SimulatedCore(policy({ plannedStarts }), nodesOf(nodes), () => {
          const { pipelined, available, idle } = core.snapshot.nodes;
          for (const column of pipelined) expect(column?.every((amount) => amount === 0) ?? true).to.equal(true);
          expect(available).to.deep.equal(idle);
        });
        core.run(jobsOf(draws, { isBound: true, saying: 8, nodes }));
      }),
      { ...RUNS, numRuns: Math.ceil(RUNS.numRuns / 4) },
    );
  });
});

describe('two queues whose gangs are each larger than their share', () => {
  const SHARES: readonly (readonly [string, SchedulerPolicy])[] = [
    ['proportion', DEFAULT_POLICY],
    ['capacity', capacityPolicy({ actions: [] })],
    ['capacity with reclaim', capacityPolicy()],
  ];
  const size = fc.record({ pods: fc.integer({ min: 3, max: 4 }), runMinutes: fc.integer({ min: 5, max: 60 }) });
  const gangs = fc.array(size, { minLength: 2, maxLength: 6 });
  for (const [name, base] of SHARES) {
    it(`both run in the end, with ${name}`, () => {
      fc.assert(
        fc.property(gangs, gangs, fc.nat(2), fc.boolean(), (ofA, ofB, plannedStarts, isSaid) => {
          const core = new SimulatedCore(policy({ plannedStarts }, base), nodesOf(4));
          const deserved = lists({ deserved: [2 * CPUS] });
          for (const queue of ['a', 'b']) core.snapshot.upsertQueue(makeQueue(queue, deserved));
          const jobs = [...inQueue('a', ofA, isSaid), ...inQueue('b', ofB, isSaid)];
          jobs.sort((a, b) => a.submitMs - b.submitMs);
          core.run(jobs, (jobs.at(-1)?.submitMs ?? 0) + 10_000 * MINUTE_MS);
          expect(jobs.filter((job) => !core.starts.has(job.name))).to.deep.equal([]);
        }),
        { ...RUNS, numRuns: Math.ceil(RUNS.numRuns / 2) },
      );
    });
  }
});

/** Whole nodes: a gang takes three or four of the four, and its queue deserves two. */
function inQueue(
  queue: string,
  sizes: readonly { readonly pods: number; readonly runMinutes: number }[],
  isSaid: boolean,
): SimulatedJob[] {
  return sizes.map(({ pods, runMinutes }, i) => {
    const runMs = runMinutes * MINUTE_MS;
    return {
      name: `${queue}${i}`,
      submitMs: Date.UTC(2030, 0, 1) + i * MINUTE_MS,
      runMs,
      estimateMs: isSaid ? runMs : 0,
      pods,
      requests: amounts(CPUS),
      queue,
    };
  });
}
