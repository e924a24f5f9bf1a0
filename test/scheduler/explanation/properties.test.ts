import { expect } from 'chai';
import fc from 'fast-check';
import { resourceUnit } from '../../../src/api/amounts.ts';
import { DEFAULT_POLICY, plugin } from '../../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../../src/config/policy.ts';
import { formatUnits, quantityToUnits } from '../../../src/lib/quantity.ts';
import type { Explanation, PodFit } from '../../../src/scheduler/explanation/explanation.ts';
import type { Snapshot } from '../../../src/scheduler/ledger/snapshot.ts';
import { isMember } from '../../../src/scheduler/ledger/orphans.ts';
import { holdsNode, TaskStatus } from '../../../src/scheduler/model/task-status.ts';
import type { Task } from '../../../src/scheduler/model/task.ts';
import type { Decision } from '../../../src/scheduler/session/decision.ts';
import { conditionReason } from '../../../src/scheduler/session/job-status.ts';
import { capacityPolicy } from '../../support/capacity-world.ts';
import { withoutAmbient } from '../../support/pure.ts';
import { decisionText, digest, SchedulerModel, steps } from '../../support/scheduler-model.ts';
import type { Step } from '../../support/scheduler-model.ts';

const COMMANDS = Number(process.env['SLUICE_COMMANDS'] ?? 0);
const RUNS = { numRuns: Math.max(100, Math.round(COMMANDS / 30)), seed: Number(process.env['SLUICE_SEED'] ?? 7) };

const EVICTING: SchedulerPolicy = {
  ...DEFAULT_POLICY,
  actions: ['enqueue', 'allocate', 'backfill', 'preempt', 'reclaim'],
  tiers: [[plugin('priority'), plugin('gang'), plugin('conformance')], ...DEFAULT_POLICY.tiers.slice(1)],
};

const POLICIES: Readonly<Record<string, SchedulerPolicy>> = {
  proportion: DEFAULT_POLICY,
  'proportion and actions that evict': EVICTING,
  'capacity in a tree': capacityPolicy({ isTree: true, actions: ['preempt', 'reclaim'] }),
};

/** Plays the steps; after each cycle every group is explained. */
function playOn(
  policy: SchedulerPolicy,
  script: readonly Step[],
  onExplained: (model: SchedulerModel, explanation: Explanation, decisions: readonly Decision[]) => void,
): void {
  const model = SchedulerModel.started(policy);
  for (const step of [...script, { kind: 'cycle', a: 0, b: 0, c: 0 } as const]) {
    const decisions = model.apply(step);
    for (const key of decisions === undefined ? [] : [...model.snapshot.jobs.keys()]) {
      const explanation = withoutAmbient(() => model.scheduler.explain(key));
      expect(explanation, key).to.not.equal(undefined);
      if (explanation !== undefined) onExplained(model, explanation, decisions ?? []);
    }
  }
}

for (const [name, policy] of Object.entries(POLICIES)) {
  describe(`explanations with ${name}, after any series of changes and cycles`, () => {
    it('tell first what the cycle told the group, and what its condition says', () => {
      let told = 0;
      fc.assert(
        fc.property(steps(60), (script) => {
          playOn(policy, script, (_, { group, state, reasons }, decisions) => {
            const refusal = decisions.find((each) => each.kind === 'refusal' && each.group === group);
            const status = decisions.find((each) => each.kind === 'status' && each.group === group);
            const [first] = reasons;
            if (refusal?.kind === 'refusal') {
              told += 1;
              expect([first?.code, first?.message]).to.deep.equal([refusal.code, refusal.message]);
            }
            const condition = status?.kind === 'status' ? status.condition : undefined;
            if (condition?.type !== 'Unschedulable') return;
            if (condition.reason === 'Suspended') expect(state).to.equal('suspended');
            else expect(first && conditionReason(first)).to.equal(condition.reason);
          });
        }),
        RUNS,
      );
      expect(told).to.be.greaterThan(200);
    });

    it('never say that all pods fit which the nodes just refused', () => {
      let refused = 0;
      fc.assert(
        fc.property(steps(60), (script) => {
          playOn(policy, script, ({ snapshot }, { group, reasons, pods }) => {
            const job = snapshot.jobs.get(group);
            const [kind] = pods;
            if (reasons[0]?.code !== 'NotEnoughResources' || pods.length !== 1 || kind === undefined) return;
            refused += 1;
            expect(kind.fitNow, group).to.be.lessThan(Math.min(kind.count, Math.max(1, job?.missing() ?? 0)));
          });
        }),
        RUNS,
      );
      expect(refused).to.be.greaterThan(2);
    });

    it('give every group that waits and is wanted a reason', () => {
      fc.assert(
        fc.property(steps(60), (script) => {
          playOn(policy, script, ({ snapshot }, { group, state, reasons }) => {
            const job = snapshot.jobs.get(group);
            if (state !== 'waits' || job?.isActive !== true || job.minMember === 0) return;
            expect(reasons, group).to.not.have.length(0);
          });
        }),
        RUNS,
      );
    });

    it('give numbers that a slow count from the snapshot gives, too', () => {
      let free = 0;
      fc.assert(
        fc.property(steps(60), (script) => {
          playOn(policy, script, ({ snapshot }, explanation) => {
            const { group, pods, queues, room } = explanation;
            const tasks = [...(snapshot.jobs.get(group)?.tasks.values() ?? [])];
            const pending = tasks.filter(({ status }) => status === TaskStatus.Pending);
            expect(pods.reduce((sum, { count }) => sum + count, 0)).to.equal(pending.length);
            for (const fit of pods) free += checkedFree(snapshot, fit);
            for (const { queue, resources } of queues) {
              for (const { resource, held } of resources) {
                const all = [...snapshot.tasks.values()].filter((task) => queueOf(task) === queue);
                expect(held, `${queue} ${resource}`).to.equal(text(resource, heldBy(snapshot, all, resource)));
              }
            }
            for (const each of room?.groups ?? []) {
              const all = [...(snapshot.jobs.get(each.group)?.tasks.values() ?? [])];
              expect(each.held, each.group).to.equal(
                text(room?.resource ?? '', heldBy(snapshot, all, room?.resource ?? '')),
              );
            }
          });
        }),
        RUNS,
      );
      expect(free).to.be.greaterThan(200);
    });

    it('give numbers that make a refusal: with what is asked the limit is overdrawn', () => {
      fc.assert(
        fc.property(steps(60), (script) => {
          playOn(policy, script, ({ snapshot }, { group, reasons }) => {
            for (const { code, numbers } of reasons) {
              // Room that is granted to others counts beside, and is not among the numbers.
              if (numbers === undefined || snapshot.nominations.size > 0) continue;
              const [asked = 0, held = 0, limit = 0] = [numbers.asked, numbers.held, numbers.limit].map((amount) =>
                quantityToUnits(amount, resourceUnit(numbers.resource), 'up'),
              );
              expect(asked + held, `${group} ${code} ${JSON.stringify(numbers)}`).to.be.greaterThan(limit);
            }
          });
        }),
        RUNS,
      );
    });

    it('change no byte of the snapshot, and no later decision', () => {
      fc.assert(
        fc.property(steps(60), (script) => {
          const asked = SchedulerModel.started(policy);
          const quiet = SchedulerModel.started(policy);
          for (const step of [...script, { kind: 'cycle', a: 0, b: 0, c: 0 } as const]) {
            const decisions = asked.apply(step);
            const expected = quiet.apply(step);
            if (decisions === undefined || expected === undefined) continue;
            expect(decisionText(decisions)).to.equal(decisionText(expected));
            const before = JSON.stringify(digest(asked.snapshot));
            const moved = asked.snapshot.recency.now;
            for (const key of asked.snapshot.jobs.keys()) asked.scheduler.explain(key);
            expect(JSON.stringify(digest(asked.snapshot))).to.equal(before);
            expect(asked.snapshot.recency.now).to.equal(moved);
          }
        }),
        RUNS,
      );
    });

    it('are the same when asked twice', () => {
      fc.assert(
        fc.property(steps(60), (script) => {
          playOn(policy, script, ({ scheduler }, explanation) => {
            expect(JSON.stringify(scheduler.explain(explanation.group))).to.equal(JSON.stringify(explanation));
          });
        }),
        RUNS,
      );
    });
  });
}

/** Number of amounts that were compared. */
function checkedFree(snapshot: Snapshot, { free, fitNow, count, nodes, refusedBy, asks }: PodFit): number {
  expect(fitNow).to.be.within(0, count);
  expect(nodes).to.equal(snapshot.nodes.count);
  // Every node refuses pods of which none fits, for some reason.
  const refusing = Object.values(refusedBy).reduce((sum, each) => sum + each, 0);
  if (fitNow === 0 && snapshot.reservation.job === undefined) expect(refusing).to.be.at.least(nodes);
  for (const { resource, inCluster } of free) {
    let sum = 0;
    for (const { name, allocatable } of snapshot.nodes.records) {
      const there = [...snapshot.tasks.values()].filter((task) => task.nodeName === name && holdsNode(task.status));
      const kept = Math.max(
        0,
        snapshot.nodes.pipelined[snapshot.resources.find(resource) ?? -1]?.[snapshot.nodes.indexOf(name)] ?? 0,
      );
      const leaving = there.filter(({ status }) => status === TaskStatus.Releasing);
      const idle = (allocatable.get(resource) ?? 0) - heldBy(snapshot, there, resource);
      sum += Math.max(0, idle - Math.max(0, kept - heldBy(snapshot, leaving, resource)));
    }
    expect(inCluster, `${resource} of ${JSON.stringify(asks)}`).to.equal(text(resource, sum));
  }
  return free.length;
}

/** Pods of a group that is gone count in the queue that they name. */
function queueOf({ job, record }: Task): string | undefined {
  return job === undefined && isMember(record) ? record.queue : job?.queue?.name;
}

function heldBy(snapshot: Snapshot, tasks: readonly Task[], resource: string): number {
  const index = snapshot.resources.find(resource) ?? -1;
  let held = 0;
  for (const task of tasks) if (holdsNode(task.status)) held += task.class.amountOf(index);
  return held;
}

function text(resource: string, units: number): string {
  return formatUnits(units, resourceUnit(resource));
}
