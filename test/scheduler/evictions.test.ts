import { expect } from 'chai';
import fc from 'fast-check';
import { DEFAULT_POLICY, plugin } from '../../src/config/policy.ts';
import type { ActionName, SchedulerPolicy } from '../../src/config/policy.ts';
import { TaskStatus } from '../../src/scheduler/model/task-status.ts';
import type { Task } from '../../src/scheduler/model/task.ts';
import type { Snapshot } from '../../src/scheduler/ledger/snapshot.ts';
import type { Queue } from '../../src/scheduler/model/queue.ts';
import type { Decision } from '../../src/scheduler/session/decision.ts';
import { evictions, EvictingWorld, randomCluster } from '../support/random-cluster.ts';
import type { RandomCluster } from '../support/random-cluster.ts';

/** `SLUICE_COMMANDS` asks for a longer search, `SLUICE_SEED` for another one. */
const COMMANDS = Number(process.env['SLUICE_COMMANDS'] ?? 0);
const RUNS = { numRuns: Math.max(270, Math.round(COMMANDS / 30)), seed: Number(process.env['SLUICE_SEED'] ?? 5) };

/** What the queue may have is a reason, too, for its own pods to go: in these clusters it is not. */
const KINDS: Readonly<Record<string, (cluster: RandomCluster) => RandomCluster>> = {
  'within one queue': ({ queues, branches, first, later, ...rest }) => ({
    ...rest,
    queues: queues.map((each) => ({ ...each, capability: null, guarantee: null, deserved: null })),
    branches: branches.map(() => null),
    first: first.map((each) => ({ ...each, queue: 0 })),
    later: later.map((each) => ({ ...each, queue: 0 })),
  }),
  // Room that a guarantee keeps free is a reason as well.
  'between queues': ({ first, later, queues, ...rest }) => ({
    ...rest,
    queues: queues.map((each) => ({ ...each, guarantee: null })),
    first: first.map((each) => ({ ...each, priority: 0 })),
    later: later.map((each) => ({ ...each, priority: 0 })),
  }),
};

function policy(actions: readonly ActionName[], mayBreakGangs: boolean): SchedulerPolicy {
  const off = new Set(mayBreakGangs ? (['enablePreemptable', 'enableReclaimable'] as const) : []);
  return {
    ...DEFAULT_POLICY,
    actions: ['enqueue', 'allocate', 'backfill', ...actions],
    tiers: [
      [plugin('priority'), { ...plugin('gang'), off }, plugin('conformance')],
      [plugin('predicates'), plugin('proportion'), plugin('binpack')],
    ],
  };
}

/** Groups of a queue take nothing from each other that are of one priority: with drf they would. */
function inTree(which: SchedulerPolicy): SchedulerPolicy {
  const drf = { ...plugin('drf'), isHierarchical: true, off: new Set(['enablePreemptable'] as const) } as const;
  const tiers = which.tiers.map((tier) => tier.map((each) => (each.name === 'proportion' ? drf : each)));
  return { ...which, tiers: [[plugin('usage-share', { halfLife: '5m' })], ...tiers] };
}

/** Whoever waits gets room kept after a minute, for two. */
function impatient(which: SchedulerPolicy, plannedStarts: number): SchedulerPolicy {
  const times = { reserveAfterSeconds: 60, reserveForSeconds: 120, plannedStarts };
  return { ...which, actionArguments: new Map([['allocate', new Map(Object.entries(times))]]) };
}

function withCapacity(which: SchedulerPolicy): SchedulerPolicy {
  const capacity = { ...plugin('capacity', { ancestorReclaimLevel: 1 }), isHierarchical: true } as const;
  const tiers = which.tiers.map((tier) => tier.map((each) => (each.name === 'proportion' ? capacity : each)));
  return { ...which, tiers };
}

/** Groups that run with one pod, all other pods of which may go, and that somebody wants more of in each turn. */
function elastic({ first, later, ...rest }: RandomCluster): RandomCluster {
  const growth = [0, 1, 2, 3].map((turn) => rest.growth[turn] ?? { group: 3 * turn, pods: 2 });
  return {
    ...rest,
    growth,
    first: first.map((each) => ({ ...each, min: 1, count: 2 + (each.count % 3), parts: null })),
    later: later.map((each) => ({ ...each, min: 1 + (each.min % 2), count: 2 + (each.count % 3), parts: null })),
  };
}

/** Under which policy, and in which of the random clusters. */
interface Setting {
  readonly which: SchedulerPolicy;
  readonly of: (cluster: RandomCluster) => RandomCluster;
}

function setting(which: SchedulerPolicy, of: Setting['of'] = (cluster) => cluster): Setting {
  return { which, of };
}

const BY_PODS = policy(['preempt', 'reclaim'], false);
const BY_GANGS = policy(['gangpreempt', 'gangreclaim'], false);

const SETTINGS: Readonly<Record<string, Setting>> = {
  'preempt and reclaim': setting(BY_PODS),
  'preempt and reclaim that may break gangs': setting(policy(['preempt', 'reclaim'], true)),
  'gangpreempt and gangreclaim': setting(BY_GANGS),
  'preempt and reclaim, with shares in a tree and over time': setting(inTree(BY_PODS)),
  'preempt and reclaim while room is kept for who waits': setting(impatient(BY_PODS, 0)),
  'preempt and reclaim among elastic groups that grow': setting(impatient(BY_PODS, 2), elastic),
  'gangpreempt and gangreclaim while starts are planned': setting(impatient(BY_GANGS, 1)),
  'preempt and reclaim by capacity in a tree': setting(impatient(withCapacity(BY_PODS), 1)),
  'gangpreempt and gangreclaim by capacity in a tree': setting(withCapacity(BY_GANGS)),
};

/** Plays some turns and calls back before what was decided is carried out; the number of evictions seen. */
function play(
  which: SchedulerPolicy,
  cluster: RandomCluster,
  onTurn: (world: EvictingWorld, decisions: readonly Decision[], before: ReadonlyMap<string, number>) => void,
): number {
  const world = new EvictingWorld(which, cluster);
  let seen = 0;
  world.bring(cluster.later);
  for (let turn = 0; turn < 4; turn += 1) {
    const before = new Map([...world.snapshot.queues].map(([name, queue]) => [name, staying(queue)]));
    const decisions = world.turn();
    seen += evictions(decisions).length;
    onTurn(world, decisions, before);
    world.carryOut(decisions);
    world.pass(turn);
  }
  return seen;
}

/** Somebody more important of its queue has the room instead, for whom alone nobody could go before. */
function hasYielded({ tasks }: Snapshot, uid: string, bound: readonly string[]): boolean {
  const job = tasks.get(uid)?.job;
  return bound.some((other) => {
    const taker = tasks.get(other)?.job;
    return taker?.queue === job?.queue && (taker?.priority ?? 0) > (job?.priority ?? 0);
  });
}

/** The cluster has what is guaranteed to all queues together. */
function doFit({ nodes, queues }: RandomCluster): boolean {
  const guaranteed = queues.reduce((sum, { guarantee }) => sum + (guarantee ?? 0), 0);
  return guaranteed <= nodes.reduce((sum, cpus) => sum + cpus, 0);
}

/** CPUs that the queue holds and that are not on their way out. */
function staying({ allocated, leaving }: Queue): number {
  return (allocated[0] ?? 0) - (leaving[0] ?? 0);
}

/** On some node there would be too little for what is promised there if these stayed. */
function isShortWith({ nodes }: Snapshot, stay: readonly (Task | undefined)[]): boolean {
  return [...Map.groupBy(stay, (task) => task?.nodeIx ?? 0)].some(([node, tasks]) => {
    return [0, 1, 2].some((r) => {
      const amount = tasks.reduce((sum, task) => sum + (task?.class.amountOf(r) ?? 0), 0);
      return nodes.future(node, r) < amount;
    });
  });
}

/** With them their queue, or a branch that it is in, would be above its capability, once others there have what they were promised. */
function isTooMuchWith(stay: readonly (Task | undefined)[]): boolean {
  const asked = stay.reduce((sum, task) => sum + (task?.class.amountOf(0) ?? 0), 0);
  for (let queue = stay[0]?.job?.queue; queue !== undefined; queue = queue.parent) {
    const { granted, grantedBelow, below, leavingBelow, record } = queue;
    const promised = (granted[0] ?? 0) + (grantedBelow[0] ?? 0);
    const held = staying(queue) + (below[0] ?? 0) - (leavingBelow[0] ?? 0) + promised;
    if (promised > 0 && held + asked > (record.capability?.get('cpu') ?? Infinity)) return true;
  }
  return false;
}

/** Groups that can spare some of their parts run. */
function inPairs({ first, ...rest }: RandomCluster): RandomCluster {
  const split = first.map((each) => ({ ...each, count: 4, min: 1, parts: { size: 2, least: each.min % 2 } }));
  return { ...rest, first: split };
}

/** If one of them stays, so does the other. */
function goTogether({ job, subGroup }: Task, other: Task): boolean {
  if (other.job === job && job?.hasMinimum() === false) return true;
  return subGroup !== undefined && other.subGroup === subGroup && !subGroup.isWhole();
}

function boundBy(decision: Decision): string[] {
  return decision.kind === 'gang' ? decision.binds.map(({ uid }) => uid) : [];
}

function standing(tasks: Iterable<Task>): Task[] {
  return [...tasks].filter(({ status }) => status === TaskStatus.Running || status === TaskStatus.Bound);
}

for (const [name, { which, of }] of Object.entries(SETTINGS)) {
  const clusters = randomCluster.map(of);

  describe(`evictions by ${name}`, () => {
    it('leave of each gang all, its minimum at least, or nothing', () => {
      let seen = 0;
      fc.assert(
        fc.property(clusters, (cluster) => {
          seen += play(which, cluster, ({ snapshot }, decisions) => {
            for (const key of new Set(evictions(decisions).map(({ group }) => group))) {
              const job = snapshot.jobs.get(key);
              const left = standing(job?.tasks.values() ?? []).length;
              if (left > 0) expect(job?.ready(), key).to.be.at.least(job?.minMember ?? 0);
              if (left > 0) expect(job?.hasMinimum(), key).to.equal(true);
            }
          });
        }),
        RUNS,
      );
      expect(seen).to.be.greaterThan(20);
    });

    it('leave of each part all, its size at least, or nothing', () => {
      let seen = 0;
      fc.assert(
        fc.property(clusters, (cluster) => {
          play(which, inPairs(cluster), ({ snapshot }, decisions) => {
            for (const { subGroups } of snapshot.jobs.values()) {
              for (const part of subGroups?.all() ?? []) {
                if (standing(part.tasks).length > 0) expect(part.ready()).to.be.at.least(part.size);
              }
            }
            seen += evictions(decisions).filter(({ uid }) => (snapshot.tasks.get(uid)?.subGroup?.size ?? 1) > 1).length;
          });
        }),
        RUNS,
      );
      expect(seen).to.be.greaterThan(20);
    });

    it('leave each queue its guarantee', () => {
      fc.assert(
        fc.property(clusters, (cluster) => {
          play(which, cluster, (world, decisions, before) => {
            for (const { uid, code } of evictions(decisions)) {
              const queue = world.task(uid).job?.queue;
              if (queue === undefined || code !== 'Reclaimed') continue;
              // Guarantees that do not fit are cut (0016): what is kept of them is another test's.
              const guarantee = doFit(cluster) ? (queue.record.guarantee?.get('cpu') ?? 0) : 0;
              // What its own pods are promised at the same time is its own as well.
              const has = staying(queue) + (queue.granted[0] ?? 0);
              expect(has).to.be.at.least(Math.min(guarantee, before.get(queue.name) ?? 0));
              expect(queue.record.reclaimable).to.equal(true);
            }
          });
        }),
        RUNS,
      );
    });

    it('are made for groups that then get the room, and start', () => {
      let started = 0;
      fc.assert(
        fc.property(clusters, (cluster) => {
          play(which, cluster, (world, decisions) => {
            if (evictions(decisions).length === 0) return;
            const promised = decisions.flatMap((each) => (each.kind === 'pipeline' ? each.uid : []));
            const bound = world.turnsUntilGone().flatMap(boundBy);
            const kept = promised.filter((uid) => !hasYielded(world.snapshot, uid, bound));
            expect(bound).to.include.members(kept);
            started += promised.length;
          });
        }),
        RUNS,
      );
      expect(started).to.be.greaterThan(20);
    });

    for (const [kind, alone] of Object.entries(KINDS)) {
      it(`are no more than are needed, ${kind}`, () => {
        fc.assert(
          fc.property(clusters, (cluster) => {
            play(which, alone(cluster), ({ snapshot }, decisions) => {
              const gone = evictions(decisions).map(({ uid }) => snapshot.tasks.get(uid));
              for (const task of gone) {
                const gang = gone.filter(
                  (other) => task !== undefined && other !== undefined && goTogether(task, other),
                );
                const stay = gang.length > 0 ? gang : [task];
                expect(isShortWith(snapshot, stay) || isTooMuchWith(stay), task?.record.name).to.equal(true);
              }
            });
          }),
          RUNS,
        );
      });
    }

    it('come to an end while nothing comes or goes but the pods that are made again', () => {
      fc.assert(
        fc.property(clusters, (cluster) => {
          const world = new EvictingWorld(which, cluster);
          world.bring(cluster.later);
          for (let turn = 0; turn < 25; turn += 1) {
            world.carryOut(world.turn());
            if (turn < 5) world.pass(turn);
          }
          for (let turn = 0; turn < 10; turn += 1) {
            const decisions = world.turn();
            expect(evictions(decisions)).to.deep.equal([]);
            world.carryOut(decisions);
          }
        }),
        RUNS,
      );
    });
  });
}
