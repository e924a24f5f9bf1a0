import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { PluginSet } from '../../../src/scheduler/framework/plugin.ts';
import { PLUGINS } from '../../../src/scheduler/plugins/registry.ts';
import { Scheduler } from '../../../src/scheduler/scheduler.ts';
import type { Snapshot } from '../../../src/scheduler/ledger/snapshot.ts';
import type { Job } from '../../../src/scheduler/model/job.ts';
import { TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import { SchedulerModel, steps } from '../../support/scheduler-model.ts';
import { amounts, SchedulerWorld } from '../../support/scheduler-world.ts';

const HELD: readonly TaskStatus[] = [
  TaskStatus.Allocated,
  TaskStatus.Pipelined,
  TaskStatus.Binding,
  TaskStatus.Bound,
  TaskStatus.Running,
  TaskStatus.Unknown,
];

/** Counted pod by pod, by name. */
function recounted({ tasks }: Job, { nodes, resources }: Snapshot): number {
  const sums = new Map<string, number>();
  for (const { status, record } of tasks.values()) {
    if (!HELD.includes(status)) continue;
    for (const [name, amount] of record.shape.requests) sums.set(name, (sums.get(name) ?? 0) + amount);
  }
  let most = 0;
  for (const [name, amount] of sums) {
    const total = nodes.totals[resources.find(name) ?? -1] ?? 0;
    if (name !== 'pods' && total > 0) most = Math.max(most, amount / total);
  }
  return most;
}

describe('what a job holds', () => {
  it('is counted anew once its pods changed between cycles, so that names of resources that are gone leave nothing', () => {
    const on = new SchedulerWorld().node('n1', amounts(4)).group('a', 1);
    on.running('a-0', 'a', 'n1', { requests: amounts(1) });
    on.cycle();
    const before = on.snapshot.jobs.get('ns/a')?.holdings();
    on.cycle();
    expect(on.snapshot.jobs.get('ns/a')?.holdings()).to.equal(before);
    on.running('a-1', 'a', 'n1', { requests: amounts(1) });
    on.cycle();
    expect(on.snapshot.jobs.get('ns/a')?.holdings()).to.not.equal(before);
  });

  it('is what its pods hold, after any series of changes, and at any time in a cycle', () => {
    let held = 0;
    let inCycle = 0;
    fc.assert(
      fc.property(steps(60), (script) => {
        const model = SchedulerModel.started();
        const { snapshot } = model;
        const check = (job: Job): void => {
          const share = job.holdings().share(snapshot);
          // Amounts that no machine has are counted as less.
          if (share < 100) expect(share, job.key).to.equal(recounted(job, snapshot));
          if (share > 0) held += 1;
          inCycle += job.count(TaskStatus.Allocated) + job.count(TaskStatus.Pipelined);
        };
        const checking: PluginSet = {
          ...PLUGINS,
          drf: {
            name: 'drf',
            make: () => ({
              jobReadyFn(job) {
                check(job);
                return true;
              },
            }),
          },
        };
        model.scheduler = new Scheduler(
          snapshot,
          { ...DEFAULT_POLICY, tiers: [[plugin('drf')], ...DEFAULT_POLICY.tiers] },
          checking,
        );
        for (const step of script) {
          // A reload would bring other plugins.
          if (step.kind !== 'policy') model.apply(step);
          for (const job of snapshot.jobs.values()) check(job);
        }
      }),
      { numRuns: 300, seed: 21 },
    );
    expect(Math.min(held, inCycle)).to.be.greaterThan(100);
  });
});
