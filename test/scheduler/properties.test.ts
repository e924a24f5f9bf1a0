import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import type { Decision, GangDecision } from '../../src/scheduler/session/decision.ts';
import { Framework } from '../../src/scheduler/framework/framework.ts';
import { PLUGINS } from '../../src/scheduler/plugins/registry.ts';
import { Scheduler } from '../../src/scheduler/scheduler.ts';
import type { Snapshot } from '../../src/scheduler/ledger/snapshot.ts';
import { dropUnusedNames } from '../../src/scheduler/ledger/unused-names.ts';
import { Statement } from '../../src/scheduler/session/statement.ts';
import { TaskStatus } from '../../src/scheduler/model/task-status.ts';
import { capacityPolicy } from '../support/capacity-world.ts';
import { withoutAmbient } from '../support/pure.ts';
import { decisionText, digest, SchedulerModel, steps } from '../support/scheduler-model.ts';
import type { Step } from '../support/scheduler-model.ts';
import { summary } from '../support/scheduler-world.ts';

/** `SLUICE_COMMANDS` asks for about so many random commands for each property, `SLUICE_SEED` for other ones. */
const COMMANDS = Number(process.env['SLUICE_COMMANDS'] ?? 0);
const RUNS = { numRuns: Math.max(500, Math.round(COMMANDS / 30)), seed: Number(process.env['SLUICE_SEED'] ?? 7) };

interface Suite {
  readonly name: string;
  readonly policy: SchedulerPolicy;
  /** Pods, gangs and pods of parts that have to be placed, or the properties would say little. */
  readonly pods: number;
  readonly gangs: number;
  readonly parts: number;
}

/** By who shares out the cluster. Most random trees are broken somewhere: little is placed in these. */
const SUITES: readonly Suite[] = [
  { name: 'proportion', policy: DEFAULT_POLICY, pods: 250, gangs: 50, parts: 50 },
  { name: 'capacity', policy: capacityPolicy({ actions: [] }), pods: 250, gangs: 50, parts: 50 },
  { name: 'capacity in a tree', policy: capacityPolicy({ isTree: true, actions: [] }), pods: 40, gangs: 10, parts: 5 },
];

/** Plays the steps and calls back after each cycle. */
function playOn(
  policy: SchedulerPolicy,
  script: readonly Step[],
  onCycle: (model: SchedulerModel, decisions: Decision[]) => void,
): SchedulerModel {
  const model = SchedulerModel.started(policy);
  for (const step of [...script, { kind: 'cycle', a: 0, b: 0, c: 0 } as const]) {
    const decisions = model.apply(step);
    if (decisions !== undefined) onCycle(model, decisions);
  }
  return model;
}

function nothing(): void {
  // The end is what matters.
}

function gangs(decisions: readonly Decision[]): GangDecision[] {
  return decisions.filter((decision) => decision.kind === 'gang');
}

/** Places of pods that are gone are kept for a while, which no record that is left tells. */
function forgetLostPlaces({ lostPlaces }: Snapshot): void {
  for (const nowMs of [0, Number.MAX_SAFE_INTEGER]) lostPlaces.settle(nowMs, () => []);
}

for (const { name, policy, ...least } of SUITES) {
  describe(`the scheduler with ${name}, after any series of changes and cycles`, () => {
    const play = (script: readonly Step[], onCycle: Parameters<typeof playOn>[2]): SchedulerModel =>
      playOn(policy, script, onCycle);

    it('never places more on a node than it has', () => {
      let placed = 0;
      fc.assert(
        fc.property(steps(60), (script) => {
          play(script, ({ snapshot }, decisions) => {
            for (const { binds } of gangs(decisions)) {
              for (const { uid, node } of binds) {
                const at = snapshot.nodes.indexOf(node);
                for (const r of snapshot.tasks.get(uid)?.class.resources ?? []) {
                  expect(snapshot.nodes.idle[r]?.[at]).to.be.at.least(0);
                }
                placed += 1;
              }
            }
          });
        }),
        RUNS,
      );
      expect(placed).to.be.greaterThan(least.pods);
    });

    it('never places a part of a gang', () => {
      let whole = 0;
      fc.assert(
        fc.property(steps(60), (script) => {
          play(script, ({ snapshot }, decisions) => {
            for (const { group, minMember, binds } of gangs(decisions)) {
              const job = snapshot.jobs.get(group);
              expect(binds).to.not.have.length(0);
              expect(job?.ready()).to.be.at.least(minMember);
              if ((job?.groups.length ?? 0) > 0) expect(readyDrivers(snapshot, group)).to.be.at.least(1);
              if (minMember > 1) whole += 1;
            }
          });
        }),
        RUNS,
      );
      expect(whole).to.be.greaterThan(least.gangs);
    });

    it('never places a part of a part of a gang', () => {
      let whole = 0;
      fc.assert(
        fc.property(steps(60), (script) => {
          play(script, ({ snapshot }, decisions) => {
            for (const { group, binds } of gangs(decisions)) {
              const { subGroups } = snapshot.jobs.get(group) ?? {};
              if (subGroups === undefined) continue;
              expect(subGroups.hasMinimum()).to.equal(true);
              for (const { uid } of binds) {
                const part = snapshot.tasks.get(uid)?.subGroup;
                if (part === undefined) continue;
                expect(part.ready()).to.be.at.least(part.size);
                if (part.size > 1) whole += 1;
              }
            }
          });
        }),
        RUNS,
      );
      expect(whole).to.be.greaterThan(least.parts);
    });

    it('never gives a queue and those below it more than its capability, and a closed one nothing', () => {
      fc.assert(
        fc.property(steps(60), (script) => {
          play(script, ({ snapshot }, decisions) => {
            for (const { group, binds } of gangs(decisions)) {
              const queue = snapshot.jobs.get(group)?.queue;
              expect(queue?.isOpen).to.equal(true);
              for (const { uid } of binds) {
                for (const r of snapshot.tasks.get(uid)?.class.resources ?? []) {
                  for (let above = queue; above !== undefined; above = above.parent) {
                    const most = above.record.capability?.get(snapshot.resources.name(r)) ?? Infinity;
                    expect((above.allocated[r] ?? 0) + (above.below[r] ?? 0)).to.be.at.most(most);
                  }
                }
              }
            }
          });
        }),
        RUNS,
      );
    });

    it('tells why every group with pending pods and a live root waits that got nothing, was promised nothing and is not whole', () => {
      fc.assert(
        fc.property(steps(60), (script) => {
          play(script, ({ snapshot }, decisions) => {
            const { refused, pipelined } = summary(decisions);
            for (const job of snapshot.jobs.values()) {
              const isPromised = [...job.tasks.values()].some((task) => task.record.name in pipelined);
              if (job.count(TaskStatus.Pending) === 0 || isPromised || !job.isActive) continue;
              expect(refused, job.key).to.have.property(job.record.name);
            }
          });
        }),
        RUNS,
      );
    });

    it('never gives a port of a node away twice', () => {
      fc.assert(
        fc.property(steps(60), (script) => {
          play(script, ({ snapshot }, decisions) => {
            for (const { uid, node } of gangs(decisions).flatMap(({ binds }) => binds)) {
              const ports = snapshot.tasks.get(uid)?.class.shape.hostPorts ?? [];
              const at = snapshot.nodes.indexOf(node);
              snapshot.index.claimPorts(at, ports, false);
              expect(snapshot.index.portsFree(at, ports)).to.equal(true);
              snapshot.index.claimPorts(at, ports, true);
            }
          });
        }),
        RUNS,
      );
    });

    it('leaves nothing behind that was only placed for the time of a cycle', () => {
      fc.assert(
        fc.property(steps(60), (script) => {
          play(script, ({ snapshot }) => {
            for (const { status } of snapshot.tasks.values()) {
              expect(status).to.not.be.oneOf([TaskStatus.Allocated, TaskStatus.Pipelined]);
            }
          });
        }),
        RUNS,
      );
    });

    it('takes back what a statement placed, to the bit and to any mark', () => {
      const placements = fc.array(fc.tuple(fc.noBias(fc.nat(1000)), fc.nat(1000), fc.boolean()), { maxLength: 12 });
      let placed = 0;
      fc.assert(
        fc.property(steps(40), placements, placements, (script, kept, undone) => {
          const { snapshot } = play(script, nothing);
          const statement = new Statement(snapshot);
          const before = digest(snapshot);
          for (const placement of kept) placeSomething(snapshot, statement, placement);
          const mark = statement.checkpoint();
          const atMark = digest(snapshot);
          for (const placement of undone) placeSomething(snapshot, statement, placement);
          placed += statement.checkpoint() - mark;
          statement.rollback(mark);
          expect(digest(snapshot)).to.deep.equal(atMark);
          statement.rollback(0);
          expect(digest(snapshot)).to.deep.equal(before);
        }),
        RUNS,
      );
      expect(placed).to.be.greaterThan(500);
    });

    it('keeps ledgers that equal a recount from the records that are left', () => {
      fc.assert(
        fc.property(steps(80), (script) => {
          const model = play(script, nothing);
          forgetLostPlaces(model.snapshot);
          model.snapshot.settle();
          expect(digest(model.snapshot)).to.deep.equal(digest(model.recounted()));
        }),
        RUNS,
      );
    });

    it('decides the same on a snapshot that is made anew', () => {
      fc.assert(
        fc.property(steps(60), (script) => {
          const model = play(script, nothing);
          forgetLostPlaces(model.snapshot);
          const fresh = [...new Scheduler(model.recounted(), model.policy).cycle({ nowMs: 0 })];
          const { placed, pipelined, refused } = summary([...model.scheduler.cycle({ nowMs: 0 })]);
          const again = summary(fresh);
          expect({ placed, pipelined, refused }).to.deep.equal({
            placed: again.placed,
            pipelined: again.pipelined,
            refused: again.refused,
          });
        }),
        RUNS,
      );
    });

    it('has node pickers that equal freshly made ones', () => {
      fc.assert(
        fc.property(steps(60), (script) => {
          const { snapshot, scheduler, policy: latest } = play(script, nothing);
          const fresh = new Framework(snapshot, latest, PLUGINS);
          for (const task of snapshot.tasks.values()) {
            const [kept, made] = [scheduler.framework.picker(task), fresh.picker(task)];
            expect(kept.best()).to.equal(made.best());
            for (let n = 0; n < snapshot.nodes.count; n += 1) expect(kept.allows(n)).to.equal(made.allows(n));
          }
        }),
        RUNS,
      );
    });

    it('decides the same for the same changes, in the same words', () => {
      fc.assert(
        fc.property(steps(60), (script) => {
          const [first, second] = [[], []].map((log: string[]) => {
            play(script, (_, decisions) => void log.push(decisionText(decisions)));
            return log;
          });
          expect(first).to.deep.equal(second);
        }),
        RUNS,
      );
    });

    it('decides the same when names of resources come and go all the time, and give their indices away', () => {
      // It keeps the names that it has weights for.
      const withoutBinpack = policy.tiers.map((tier) => tier.filter((plugin) => plugin.name !== 'binpack'));
      const small = { ...policy, tiers: withoutBinpack };
      fc.assert(
        fc.property(steps(60), (script) => {
          const decided = (between: (snapshot: Snapshot, turn: number) => void): string[] => {
            const model = SchedulerModel.started(small);
            return script.flatMap((step, turn) => {
              between(model.snapshot, turn);
              const decisions = step.kind === 'policy' ? undefined : model.apply(step);
              return decisions === undefined ? [] : decisionText(decisions);
            });
          };
          const churned = decided((snapshot, turn) => {
            dropUnusedNames(snapshot);
            for (let n = 0; n < turn % 3; n += 1) snapshot.resources.intern(`own/${turn}-${n}`);
          });
          expect(churned).to.deep.equal(decided(() => undefined));
        }),
        RUNS,
      );
    });

    it('decides the same in whatever order the nodes came', () => {
      const nodes = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 });
      fc.assert(
        fc.property(steps(40), nodes, (script, order) => {
          const rest = script.filter(({ kind }) => kind !== 'node' && kind !== 'nodeGone');
          const came = (indices: readonly number[]): string[] => {
            const arrivals = indices.map((n): Step => ({ kind: 'node', a: n, b: n, c: n + 2 }));
            const log: string[] = [];
            play([...arrivals, ...rest], (_, decisions) => void log.push(decisionText(decisions)));
            return log;
          };
          expect(came(order)).to.deep.equal(came([0, 1, 2, 3, 4]));
        }),
        RUNS,
      );
    });

    it('decides without clock and dice', () => {
      fc.assert(
        fc.property(steps(40), (script) => {
          withoutAmbient(() => play(script, nothing));
        }),
        { ...RUNS, numRuns: 50 },
      );
    });
  });
}

/** Some pending task to some node, whether it fits or not. */
function placeSomething(
  snapshot: Snapshot,
  statement: Statement,
  [taskAt, nodeAt, isPromise]: readonly [number, number, boolean],
): void {
  const tasks = [...snapshot.tasks.values()].filter((task) => task.status === TaskStatus.Pending);
  const task = tasks[taskAt % Math.max(1, tasks.length)];
  const { count } = snapshot.nodes;
  if (task === undefined || count === 0) return;
  if (isPromise) statement.pipeline(task, nodeAt % count);
  else statement.allocate(task, nodeAt % count);
}

function readyDrivers(snapshot: Snapshot, group: string): number {
  const tasks = [...(snapshot.jobs.get(group)?.tasks.values() ?? [])];
  const isReady = (status: number): boolean =>
    (status >= TaskStatus.Binding && status <= TaskStatus.Running) || status === TaskStatus.Succeeded;
  return tasks.filter((task) => task.record.task === 'driver' && isReady(task.status)).length;
}
