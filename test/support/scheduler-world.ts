import type { NodeRecord } from '../../src/api/records/node-record.ts';
import type { PodGroupPhase, PodGroupRecord } from '../../src/api/records/pod-group-record.ts';
import type { PodRecord } from '../../src/api/records/pod-record.ts';
import type { QueueRecord } from '../../src/api/records/queue-record.ts';
import type { SchedulingShape } from '../../src/api/records/scheduling-shape.ts';
import { DEFAULT_POLICY } from '../../src/config/policy.ts';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import type { PluginSet } from '../../src/scheduler/framework/plugin.ts';
import { PLUGINS } from '../../src/scheduler/plugins/registry.ts';
import { Scheduler } from '../../src/scheduler/scheduler.ts';
import { Snapshot } from '../../src/scheduler/ledger/snapshot.ts';
import type { Decision, StatusDecision } from '../../src/scheduler/session/decision.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from './records.ts';

/** What one cycle said, by short names. */
export interface Outcome {
  readonly decisions: readonly Decision[];
  /** Node by pod, for all binds of the cycle. */
  readonly placed: Readonly<Record<string, string>>;
  /** Node by pod, for rooms that are promised only. */
  readonly pipelined: Readonly<Record<string, string>>;
  /** `code: message` by group. */
  readonly refused: Readonly<Record<string, string>>;
  readonly statuses: ReadonlyMap<string, StatusDecision>;
}

/** What the members of a group have in common. */
export interface Members extends Partial<Omit<PodRecord, 'shape'>> {
  readonly count: number;
  readonly requests?: Readonly<Record<string, number>>;
  readonly shape?: SchedulingShape;
  /** Of the pods' names; the group's name when absent. */
  readonly prefix?: string;
}

/** A snapshot with its scheduler, and short ways to fill it. Queue `default` exists. */
export class SchedulerWorld {
  readonly snapshot = new Snapshot();
  readonly scheduler: Scheduler;
  /** The time that the next cycle is told. */
  nowMs = 0;

  constructor(policy: SchedulerPolicy = DEFAULT_POLICY, plugins: PluginSet = PLUGINS) {
    this.scheduler = new Scheduler(this.snapshot, policy, plugins);
    this.queue('default');
  }

  /** Nodes `n1`, `n2` ... that are alike. */
  nodes(count: number, allocatable: Readonly<Record<string, number>>, overrides: Partial<NodeRecord> = {}): this {
    for (let n = 1; n <= count; n += 1) this.node(`n${n}`, allocatable, overrides);
    return this;
  }

  node(name: string, allocatable: Readonly<Record<string, number>>, overrides: Partial<NodeRecord> = {}): this {
    const labels = new Map([['kubernetes.io/hostname', name], ...(overrides.labels ?? [])]);
    this.snapshot.upsertNode(makeNode(name, allocatable, { ...overrides, labels }));
    return this;
  }

  queue(name: string, overrides: Partial<QueueRecord> = {}): this {
    this.snapshot.upsertQueue(makeQueue(name, overrides));
    return this;
  }

  group(name: string, minMember: number, overrides: Partial<PodGroupRecord> = {}): this {
    this.snapshot.upsertJob(makePodGroup(name, minMember, overrides));
    return this;
  }

  /** Pods `<group>-0`, `<group>-1` ... */
  pods(group: string, { count, requests = {}, shape, prefix = group, ...overrides }: Members): this {
    const common = shape ?? makeShape(requests);
    for (let i = 0; i < count; i += 1) this.snapshot.upsertTask(makePod(`${prefix}-${i}`, group, common, overrides));
    return this;
  }

  /** A group with all its pods; `minMember` is their number unless said otherwise. */
  gang(name: string, members: Members, overrides: Partial<PodGroupRecord> = {}): this {
    return this.group(name, overrides.minMember ?? members.count, overrides).pods(name, members);
  }

  /** A pod that runs on the node already. */
  running(name: string, group: string, node: string, members: Omit<Members, 'count'> = {}): this {
    const { requests = {}, shape, ...overrides } = members;
    const pod = makePod(name, group, shape ?? makeShape(requests), { nodeName: node, phase: 'Running', ...overrides });
    this.snapshot.upsertTask(pod);
    return this;
  }

  cycle(): Outcome {
    return summary([...this.scheduler.cycle({ nowMs: this.nowMs })]);
  }

  phase(group: string): PodGroupPhase | undefined {
    return this.snapshot.jobs.get(`ns/${group}`)?.phase;
  }
}

/** The decisions by kind, under the names of the objects. */
export function summary(decisions: readonly Decision[]): Outcome {
  const placed: Record<string, string> = {};
  const pipelined: Record<string, string> = {};
  const refused: Record<string, string> = {};
  const statuses = new Map<string, StatusDecision>();
  for (const decision of decisions) {
    if (decision.kind === 'gang') for (const { pod, node } of decision.binds) placed[short(pod)] = node;
    if (decision.kind === 'pipeline') pipelined[short(decision.pod)] = decision.node;
    if (decision.kind === 'refusal') refused[short(decision.group)] = `${decision.code}: ${decision.message}`;
    if (decision.kind === 'status') statuses.set(short(decision.group), decision);
  }
  return { decisions, placed, pipelined, refused, statuses };
}

function short(key: string): string {
  return key.slice(key.indexOf('/') + 1);
}

/** Amounts in the records' units: whole CPUs, GiB and GPUs. */
export function amounts(cpus: number, gibs = 0, gpus = 0): Record<string, number> {
  return {
    cpu: cpus * 1000,
    ...(gibs === 0 ? {} : { memory: gibs * KIB_PER_GIB }),
    ...(gpus === 0 ? {} : { [GPU]: gpus }),
  };
}

/** The extended resource that the tests ask for. */
export const GPU = 'nvidia.com/gpu';
const KIB_PER_GIB = 1024 * 1024;
