import fc from 'fast-check';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import { NO_LABELS } from '../../src/api/records/label-selector.ts';
import type { PodRecord } from '../../src/api/records/pod-record.ts';
import { podWith } from '../../src/api/records/stored-pod.ts';
import { TaskStatus } from '../../src/scheduler/model/task-status.ts';
import type { Task } from '../../src/scheduler/model/task.ts';
import type { Decision, EvictDecision } from '../../src/scheduler/session/decision.ts';
import { makeShape } from './records.ts';
import { amounts, SchedulerWorld } from './scheduler-world.ts';
import { PART_LABEL, partsOf } from './sub-groups.ts';

/** A group of equal pods; with `placed` it comes first, so that it finds room. */
export interface RandomGroup {
  readonly queue: number;
  readonly priority: number;
  readonly count: number;
  readonly min: number;
  readonly cpus: number;
  readonly gibs: number;
  /** Pods of a part, and how many parts must be whole; null for a group that is not split. */
  readonly parts: { readonly size: number; readonly least: number } | null;
  /** For so many minutes its pods run, as their owners say; 0 when nobody does. */
  readonly minutes: number;
  /** It says what its minimum needs, so that its queue may keep it out. */
  readonly isSaid: boolean;
}

/** Somebody wants more pods of a group that is there: which one, and how many. */
export interface Growth {
  readonly group: number;
  readonly pods: number;
}

export interface RandomQueue {
  readonly weight: number;
  /** Whole CPUs; null for none. */
  readonly guarantee: number | null;
  readonly deserved: number | null;
  readonly capability: number | null;
  readonly reclaimable: boolean;
}

/** Nodes by their CPUs, queues, groups that run before the others come, and those. */
export interface RandomCluster {
  readonly nodes: readonly number[];
  readonly queues: readonly RandomQueue[];
  readonly first: readonly RandomGroup[];
  readonly later: readonly RandomGroup[];
  /** After each turn, for as many as are named. */
  readonly growth: readonly (Growth | null)[];
  /** Whole CPUs that the queues of a branch may have together; null for all. */
  readonly branches: readonly (number | null)[];
  /** So many turns pass until pods that were told to go have gone. */
  readonly graceTurns: number;
}

const parts = fc.record({ size: fc.integer({ min: 1, max: 3 }), least: fc.nat(2) });

const group = fc.record({
  queue: fc.nat(2),
  priority: fc.nat(2),
  count: fc.integer({ min: 1, max: 5 }),
  min: fc.integer({ min: 1, max: 5 }),
  cpus: fc.integer({ min: 1, max: 2 }),
  gibs: fc.nat(2),
  parts: fc.oneof({ arbitrary: fc.constant(null), weight: 7 }, parts),
  minutes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5 })),
  isSaid: fc.nat(3).map((n) => n === 0),
});

const lowly = group.map((each) => ({ ...each, priority: 0, min: 1 + (each.min % 3) }));

const few = (most: number): fc.Arbitrary<number | null> => fc.option(fc.nat(most), { freq: 2 });

const queue = fc.record({
  weight: fc.integer({ min: 1, max: 3 }),
  guarantee: fc.option(fc.nat(3), { freq: 2 }),
  deserved: few(8),
  capability: few(10),
  reclaimable: fc.nat(5).map((n) => n > 0),
});

/** Three queues; CPUs may be short, and memory seldom. */
export const randomCluster: fc.Arbitrary<RandomCluster> = fc.record({
  nodes: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }),
  queues: fc.array(queue, { minLength: 3, maxLength: 3 }),
  // Without priority, as a rule, and enough of them to fill the nodes.
  first: fc.array(fc.oneof({ arbitrary: lowly, weight: 3 }, group), { minLength: 2, maxLength: 8, size: 'max' }),
  later: fc.array(group, { minLength: 1, maxLength: 5, size: 'max' }),
  growth: fc.array(fc.option(fc.record({ group: fc.nat(12), pods: fc.integer({ min: 1, max: 2 }) })), { maxLength: 4 }),
  branches: fc.array(few(10), { minLength: 2, maxLength: 2 }),
  graceTurns: fc.nat(2),
});

const MINUTE_MS = 60_000;

/** A cluster in which pods start, are evicted and made again by their controllers, and end where time passes. */
export class EvictingWorld extends SchedulerWorld {
  #made = 0;
  /** Time passes only where something hangs on it. */
  readonly #paceMs: number;
  readonly #cluster: RandomCluster;

  constructor(policy: SchedulerPolicy, cluster: RandomCluster) {
    super(policy);
    const { nodes, queues, first, branches } = cluster;
    this.#cluster = cluster;
    const plugins = policy.tiers.flat();
    const isTimed = policy.actionArguments.size > 0 || plugins.some(({ name }) => name === 'usage-share');
    this.#paceMs = isTimed ? MINUTE_MS : 0;
    this.nowMs = this.#paceMs;
    for (const value of [1, 2])
      this.snapshot.setPriorityClass({ name: `p${value}`, value, isGlobalDefault: false, isPatient: false });
    for (const [n, cpus] of nodes.entries()) this.node(`n${n}`, amounts(cpus, cpus));
    const isInBranches = plugins.some(({ name, isHierarchical }) => name === 'capacity' && isHierarchical);
    if (isInBranches) for (const [b, cpus] of branches.entries()) this.queue(`b${b}`, { capability: cpusOf(cpus) });
    for (const [q, { guarantee, deserved, capability, ...rest }] of queues.entries()) {
      const all = { guarantee: cpusOf(guarantee), deserved: cpusOf(deserved), capability: cpusOf(capability) };
      const [branch, parent] = [`b${q % 2}`, isInBranches ? `b${q % 2}` : ''];
      // Looked at by policies with a tree of annotations only.
      const hierarchy = { path: `root/${branch}/q${q}`, weights: `1/2/${rest.weight}` };
      this.queue(`q${q}`, { ...rest, ...all, hierarchy, parent });
    }
    this.bring(first);
    this.turn();
  }

  bring(groups: readonly RandomGroup[]): void {
    for (const { queue: q, priority, count, min, cpus, gibs, parts, minutes, isSaid } of groups) {
      const name = `g${this.#made}`;
      this.#made += 1;
      this.group(name, min, {
        queue: `q${q}`,
        createdMs: this.#made,
        priorityClassName: priority === 0 ? '' : `p${priority}`,
        subGroups: parts === null ? [] : [partsOf(parts.size, parts.least)],
        runMs: minutes * this.#paceMs,
        minResources: isSaid ? new Map(Object.entries(amounts(min * cpus, min * gibs))) : undefined,
      });
      const shape = makeShape(amounts(cpus, gibs));
      const size = parts?.size ?? count;
      for (let part = 0; part * size < count; part += 1) {
        const labels = parts === null ? NO_LABELS : [PART_LABEL, String(part)];
        this.pods(name, { count: Math.min(size, count - part * size), shape, labels, prefix: `${name}-${part}` });
      }
    }
  }

  /** A cycle, and all that was bound runs. */
  turn(): Decision[] {
    const decisions = [...this.scheduler.cycle({ nowMs: this.nowMs })];
    for (const task of this.snapshot.tasks.values()) {
      if (task.status === TaskStatus.Binding) {
        const { nodeName } = task;
        this.snapshot.upsertTask(podWith(task.record, { nodeName, phase: 'Running', startedMs: this.nowMs }));
      }
    }
    this.nowMs += this.#paceMs;
    return decisions;
  }

  /** Somebody wants more of a group, and pods have run for as long as was said. */
  pass(turn: number): void {
    const growth = this.#cluster.growth[turn] ?? null;
    const records = [...this.snapshot.tasks.values()].filter(({ job }) => job !== undefined);
    const like = growth === null ? undefined : records[growth.group % records.length]?.record;
    for (let n = 0; like !== undefined && n < (growth?.pods ?? 0); n += 1) this.#makeLike(like);
    for (const { status, record, job, isLeaving } of this.snapshot.tasks.values()) {
      const runMs = job?.record.runMs ?? 0;
      if (runMs === 0 || status !== TaskStatus.Running || isLeaving || record.startedMs + runMs > this.nowMs) continue;
      this.snapshot.upsertTask(podWith(record, { phase: 'Succeeded' }));
    }
  }

  task(uid: string): Task {
    const task = this.snapshot.tasks.get(uid);
    if (task === undefined) throw new Error(`no task ${uid}`);
    return task;
  }

  /** What is decided while those who were told to go are still there, and in the turn after they have gone. */
  turnsUntilGone(): Decision[] {
    const decisions: Decision[] = [];
    for (let turn = 0; turn < this.#cluster.graceTurns; turn += 1) {
      decisions.push(...this.turn());
      this.pass(turn);
    }
    for (const { uid, isLeaving } of this.snapshot.tasks.values()) if (isLeaving) this.snapshot.removeTask(uid);
    return [...decisions, ...this.turn()];
  }

  /** Evicted pods are gone, and their controllers make others in their place. */
  carryOut(decisions: readonly Decision[]): void {
    for (const { uid } of evictions(decisions)) {
      const record = this.snapshot.tasks.get(uid)?.record;
      // Gone already, since somebody saw to it.
      if (record === undefined) continue;
      this.snapshot.removeTask(uid);
      this.#makeLike(record);
    }
  }

  #makeLike(record: PodRecord): void {
    const name = `again-${(this.#made += 1)}`;
    this.snapshot.upsertTask(
      podWith(record, { key: `ns/${name}`, name, uid: `uid-${name}`, nodeName: '', phase: 'Pending', startedMs: 0 }),
    );
  }
}

export function evictions(decisions: readonly Decision[]): EvictDecision[] {
  return decisions.filter((decision) => decision.kind === 'evict');
}

function cpusOf(cpus: number | null): ReadonlyMap<string, number> | undefined {
  return cpus === null ? undefined : new Map([['cpu', cpus * 1000]]);
}
