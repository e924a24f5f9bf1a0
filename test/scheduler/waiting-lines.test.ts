import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_POLICY, plugin } from '../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import { Snapshot } from '../../src/scheduler/ledger/snapshot.ts';
import { WaitingLines } from '../../src/scheduler/ledger/waiting-lines.ts';
import { JobBlock } from '../../src/scheduler/model/job-block.ts';
import { JobSet } from '../../src/scheduler/model/job-set.ts';
import { Job } from '../../src/scheduler/model/job.ts';
import { Queue } from '../../src/scheduler/model/queue.ts';
import type { PluginSet } from '../../src/scheduler/framework/plugin.ts';
import { priority } from '../../src/scheduler/plugins/priority.ts';
import { PLUGINS } from '../../src/scheduler/plugins/registry.ts';
import { CrowdModel, crowdSteps } from '../support/crowd-model.ts';
import type { CrowdStep } from '../support/crowd-model.ts';
import { makePodGroup, makeQueue } from '../support/records.ts';
import type { Decision } from '../../src/scheduler/session/decision.ts';
import { decisionText } from '../support/scheduler-model.ts';

/** `SLUICE_COMMANDS` asks for about so many random commands for each property, `SLUICE_SEED` for other ones. */
const COMMANDS = Number(process.env['SLUICE_COMMANDS'] ?? 0);
const RUNS = { numRuns: Math.max(120, Math.round(COMMANDS / 40)), seed: Number(process.env['SLUICE_SEED'] ?? 7) };

/** The same plugins, of which one does not say that its order is steady: lines are made anew for each action, and each job is asked and read. */
const ONE_BY_ONE: PluginSet = {
  ...PLUGINS,
  priority: {
    ...priority,
    make: (...facts) => {
      const { isSteadyOrder: _, ...hooks } = priority.make(...facts);
      return hooks;
    },
  },
};

const EVICTING: SchedulerPolicy = {
  ...DEFAULT_POLICY,
  actions: ['enqueue', 'allocate', 'backfill', 'preempt', 'reclaim'],
  tiers: [[plugin('priority'), plugin('gang'), plugin('conformance')], ...DEFAULT_POLICY.tiers.slice(1)],
};

/** Plugins beside those of the default policy that see to it where single tasks go. */
const CLAIMING: SchedulerPolicy = {
  ...EVICTING,
  actions: [...EVICTING.actions, 'shuffle'],
  tiers: [
    ...EVICTING.tiers,
    [
      plugin('nodegroup'),
      plugin('tdm', { 'tdm.revocable-zone.z': '00:05-00:20' }),
      plugin('task-topology'),
      plugin('usage'),
      plugin('rescheduling', { interval: '1m', 'thresholds.cpu': 40, 'targetThresholds.cpu': 60 }),
      plugin('fragmentation'),
      plugin('deviceshare', { 'deviceshare.VGPUEnable': 'true' }),
    ],
  ],
};

const POLICIES: Readonly<Record<string, SchedulerPolicy>> = {
  'the default': DEFAULT_POLICY,
  evictions: EVICTING,
  'plugins that claim tasks': CLAIMING,
  'short patience': {
    ...DEFAULT_POLICY,
    actionArguments: new Map([['allocate', new Map([['reserveAfterSeconds', 60]])]]),
  },
  'planned starts': { ...DEFAULT_POLICY, actionArguments: new Map([['allocate', new Map([['plannedStarts', 1]])]]) },
};

/** Ways to claim a task for a context. */
const CLAIMS = ['contextFn', 'volumeFn', 'deviceClaimFn', 'wishFn'] as const;

function blocksOf(lines: WaitingLines, set: JobSet): readonly JobBlock[] {
  return [...(lines.of(set)?.values() ?? [])].flatMap((line) => line.blocks);
}

/** Each member stands in the line of its queue, once, and knows its block. */
function expectInOrder(lines: WaitingLines, set: JobSet, order: (a: Job, b: Job) => number): void {
  const blocks = blocksOf(lines, set);
  const byQueue = Map.groupBy(set.members(), ({ queue }) => queue);
  const standing = Map.groupBy(blocks, ({ queue }) => queue);
  expect([...standing.keys()]).to.have.members([...byQueue.keys()]);
  for (const [queue, members] of byQueue) {
    const jobs = standing.get(queue)?.flatMap((block) => block.jobs);
    expect(jobs).to.deep.equal(members.toSorted(order));
  }
  for (const block of blocks) expect(block.jobs.every((job) => job.block === block)).to.equal(true);
}

interface Readings {
  /** How all of its jobs see the nodes, where they do so in one way. */
  readonly perspective: object | undefined;
  readonly others: unknown;
}

/** What the block keeps of its jobs. */
function readings({ snapshot, scheduler: { framework } }: CrowdModel, block: JobBlock): Readings {
  const kind = block.kind(snapshot.resources);
  const oldestMs = kind === undefined ? undefined : block.oldestMs;
  const perspective = kind === undefined ? undefined : framework.perspectiveOfAll(block);
  return { perspective, others: [kind, oldestMs, block.times] };
}

/** The same of a block that was made just now. */
function freshReadings(model: CrowdModel, block: JobBlock): Readings {
  const { set, queue, jobs, gone } = block;
  const fresh = readings(model, new JobBlock(set, queue, jobs));
  for (const job of jobs) job.block = block;
  block.gone = gone;
  return fresh;
}

function areSeenBy({ framework }: CrowdModel['scheduler'], { jobs }: JobBlock, perspective: object): boolean {
  return jobs.every(({ tasks: { first } }) => first !== undefined && framework.perspective(first) === perspective);
}

function decided(
  policy: SchedulerPolicy,
  plugins: PluginSet,
  script: readonly CrowdStep[],
  hasRestingStranger = false,
): readonly string[] {
  const model = new CrowdModel(policy, plugins, hasRestingStranger);
  if (plugins === ONE_BY_ONE) model.snapshot.jobJournal.meet = () => false;
  return script.flatMap((step) => {
    const decisions = model.apply(step);
    return decisions === undefined ? [] : [sortedText(decisions)];
  });
}

/** Whoever carries decisions out minds their order within one group and kind only. */
function sortedText(decisions: readonly Decision[]): string {
  return decisions
    .map((decision) => decisionText([decision]))
    .toSorted()
    .join('\n');
}

describe('lines of jobs', () => {
  for (const { name, arguments: options } of CLAIMING.tiers.flat()) {
    it(`are told by block: ${name} says when it may tell tasks apart that it claimed together`, () => {
      const hooks = PLUGINS[name].make(new Snapshot(), options, { actions: DEFAULT_POLICY.actions });
      const isClaiming = CLAIMS.some((claim) => hooks[claim] !== undefined);
      if (isClaiming) expect(hooks.claimStampFn).to.be.a('function');
      if (hooks.jobOrderFn !== undefined) expect(hooks.isSteadyOrder).to.equal(true);
    });
  }

  it('hold the members of their sets in order, in blocks of no more than so many', () => {
    const isSmall = (block: JobBlock): boolean => block.jobs.length >= 1 && block.jobs.length <= 4;
    const change = fc.record({
      job: fc.nat(39),
      set: fc.nat(4),
      queue: fc.nat(1),
      priority: fc.nat(6),
      looks: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 120, size: 'max' }), (script) => {
        const sets = [new JobSet(0), new JobSet(2)];
        const lines = new WaitingLines(sets, 4);
        const order = (a: Job, b: Job): number => b.priority - a.priority || (a.key < b.key ? -1 : 1);
        lines.rankBy(order);
        const queues = [new Queue(makeQueue('a')), undefined];
        const jobs = Array.from({ length: 40 }, (_, i) => new Job(makePodGroup(`g${i}`, 1)));
        for (const { job: at, set, queue, priority: rank, looks } of script) {
          const job = jobs[at] as Job;
          job.queue = queues[queue];
          job.priority = rank;
          sets.forEach((each, i) => (i === set >>> 1 ? each.add(job) : each.delete(job)));
          lines.refresh(job);
          if (!looks) continue;
          for (const each of sets) {
            expectInOrder(lines, each, order);
            expect(blocksOf(lines, each).every(isSmall)).to.equal(true);
          }
        }
      }),
      { seed: 5, numRuns: 150 },
    );
  });
});

describe('groups that wait in lines which are kept', () => {
  for (const policy of [DEFAULT_POLICY, CLAIMING]) {
    it(`stand in the order of jobs, in blocks that say of them what they say, with ${policy.tiers.flat().length} plugins`, () => {
      let blocks = 0;
      let alike = 0;
      fc.assert(
        fc.property(crowdSteps(60), (script) => {
          const model = new CrowdModel(policy, PLUGINS);
          const { snapshot, scheduler } = model;
          for (const step of script) {
            if (model.apply(step) === undefined) continue;
            for (const set of [snapshot.waiting.asking, snapshot.waiting.admitted]) {
              expectInOrder(snapshot.waiting.lines, set, scheduler.framework.compareJobs);
              for (const block of blocksOf(snapshot.waiting.lines, set)) {
                const { perspective, others } = readings(model, block);
                expect(others).to.deep.equal(freshReadings(model, block).others);
                expect(perspective === undefined || areSeenBy(scheduler, block, perspective)).to.equal(true);
                alike += Number(perspective !== undefined);
                blocks += 1;
              }
            }
          }
        }),
        RUNS,
      );
      expect(blocks).to.be.greaterThan(1000);
      expect(alike).to.be.greaterThan(300);
    });
  }

  for (const [name, policy] of Object.entries(POLICIES)) {
    it(`hear what each would hear that is asked by itself, with ${name}`, () => {
      let refused = 0;
      fc.assert(
        fc.property(crowdSteps(60), (script) => {
          const kept = decided(policy, PLUGINS, script);
          expect(kept).to.deep.equal(decided(policy, ONE_BY_ONE, script));
          refused += kept.join('').split('"refusal"').length - 1;
        }),
        RUNS,
      );
      expect(refused).to.be.greaterThan(5000);
    });
  }

  for (const [name, policy] of Object.entries(POLICIES)) {
    it(`get the places that each would get in a turn of its own, with ${name}`, () => {
      let placed = 0;
      fc.assert(
        fc.property(crowdSteps(60), (script) => {
          const together = decided(policy, PLUGINS, script);
          expect(together).to.deep.equal(decided(policy, PLUGINS, script, true));
          placed += together.join('').split('"bind"').length - 1;
        }),
        RUNS,
      );
      expect(placed).to.be.greaterThan(20);
    });
  }
});
