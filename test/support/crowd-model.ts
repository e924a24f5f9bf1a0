import fc from 'fast-check';
import { NODE_GROUP_LABEL, REVOCABLE_ZONE_KEY, TASK_ANTI_AFFINITY_ANNOTATION } from '../../src/api/keys.ts';
import { NO_LABELS } from '../../src/api/records/label-selector.ts';
import type { SchedulerPolicy } from '../../src/config/policy.ts';
import { Snapshot } from '../../src/scheduler/ledger/snapshot.ts';
import { TaskStatus } from '../../src/scheduler/model/task-status.ts';
import type { PluginSet } from '../../src/scheduler/framework/plugin.ts';
import { Scheduler } from '../../src/scheduler/scheduler.ts';
import type { Decision } from '../../src/scheduler/session/decision.ts';
import { podCards } from './card-records.ts';
import { HOST, OWN_LABELS, podRules, podTerm } from './pod-rules.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from './records.ts';
import { amounts } from './scheduler-world.ts';

const NODES = 3;
const QUEUES = 3;
const MINUTE_MS = 60_000;
const PRIORITIES = ['', 'low', 'high'];
const SHAPES = [makeShape(amounts(1)), makeShape(amounts(2)), makeShape(amounts(64)), makeShape({})];
const REVOCABLE = makeShape(amounts(1), { isRevocable: true });
const TOGETHER = new Map([[TASK_ANTI_AFFINITY_ANNOTATION, 'worker']]);
const CARDS = podCards([{ 'vgpu-number': 1 }]);
const NO_GROUPS = { required: [], preferred: [] };
const KEEPING_AWAY = makeShape(amounts(1), { rules: podRules({ antiAffinity: [podTerm(HOST)] }) });

const KINDS = [
  'arrive',
  'arrive',
  'arrive',
  'gang',
  'end',
  'end',
  'seen',
  'dataset',
  'leave',
  'write',
  'data',
  'keepAway',
  'priority',
  'queue',
  'node',
  'rest',
  'clock',
  'measure',
  'cycle',
  'cycle',
  'cycle',
  'cycle',
] as const;

/** One change of a cluster in which many groups of one wait; the numbers choose objects and variants. */
export interface CrowdStep {
  readonly kind: (typeof KINDS)[number];
  readonly a: number;
  readonly b: number;
}

export function crowdSteps(maxLength: number): fc.Arbitrary<CrowdStep[]> {
  const number = fc.noBias(fc.nat(1000));
  const step = fc.record({ kind: fc.constantFrom(...KINDS), a: number, b: number });
  return fc.array(step, { minLength: maxLength >>> 1, maxLength, size: 'max' });
}

/** A small cluster, full soon, in which groups of one wait in crowds. */
export class CrowdModel {
  readonly snapshot = new Snapshot();
  readonly scheduler: Scheduler;
  readonly #groups: string[] = [];
  #made = 0;
  #nowMs = 10 * MINUTE_MS;
  #resting = new Set<string>();
  readonly #strangers: readonly string[];

  readonly #changes: Readonly<Record<Exclude<CrowdStep['kind'], 'cycle'>, (a: number, b: number) => void>> = {
    arrive: (a, b) => {
      for (let i = 0; i <= a % 12; i += 1) this.#arrive(a, b, 1);
    },
    gang: (a, b) => this.#arrive(a, b, 2),
    end: (a) => this.#end(a),
    seen: () => this.#see(),
    dataset: (_, b) => this.#putDataset(b % 2 === 0),
    leave: (a) => this.#leave(this.#groupAt(a)),
    write: (a) => this.#write(this.#groupAt(a), {}),
    data: (a, b) => this.#write(this.#groupAt(a), { datasets: b % 2 === 0 ? 'data' : '' }),
    priority: (_, b) =>
      this.snapshot.setPriorityClass({ name: 'low', value: (b % 3) * 5 - 5, isGlobalDefault: false, isPatient: false }),
    keepAway: (a, b) => this.#putStranger(a, b),
    queue: (a, b) => this.#putQueue(a, b),
    node: (a, b) => this.#putNode(a % NODES, b % 6),
    rest: (a, b) => {
      this.#resting = new Set(b % 2 === 0 ? [] : [this.#groupAt(a)]);
    },
    measure: (a, b) => {
      const busy = { cpu: (a * 7) % 100, memory: 50 };
      this.snapshot.usages.set(this.#nowMs, new Map([[`n${b % NODES}`, busy]]));
    },
    clock: (a) => {
      this.#nowMs += ((a % 12) - 2) * MINUTE_MS;
    },
  };

  /** With a stranger that rests in every cycle no group is spoken for by another one: each has its turn by itself. */
  constructor(policy: SchedulerPolicy, plugins: PluginSet, hasRestingStranger = false) {
    this.#strangers = hasRestingStranger ? ['nobody/rests'] : [];
    for (const [name, value] of [['low', -5] as const, ['high', 5] as const])
      this.snapshot.setPriorityClass({ name, value, isGlobalDefault: false, isPatient: false });
    for (let n = 0; n < NODES; n += 1) this.#putNode(n, 4);
    for (let q = 0; q < QUEUES; q += 1) this.snapshot.upsertQueue(makeQueue(`q${q}`));
    this.scheduler = new Scheduler(this.snapshot, policy, plugins);
  }

  /** The decisions, when the step was a cycle. */
  apply({ kind, a, b }: CrowdStep): Decision[] | undefined {
    if (kind === 'cycle') return this.#cycle();
    this.#changes[kind](a, b);
    return undefined;
  }

  #groupAt(a: number): string {
    return this.#groups[a % Math.max(1, this.#groups.length)] ?? '';
  }

  #cycle(): Decision[] {
    const refusal = { code: 'CheckerRefused' as const, message: 'it rests.' };
    const resting = new Map([...this.#resting, ...this.#strangers].map((key) => [key, refusal] as const));
    return [...this.scheduler.cycle({ nowMs: this.#nowMs, resting })];
  }

  #arrive(a: number, b: number, pods: number): void {
    const name = `g${(this.#made += 1)}`;
    const ordinary = SHAPES[b % 7 === 6 ? 3 : b % 5 === 4 ? 2 : b % 2] ?? makeShape({});
    const shape = b % 12 === 4 ? REVOCABLE : ordinary;
    const group = makePodGroup(name, pods, {
      queue: `q${a % (QUEUES + 1)}`,
      createdMs: (this.#made * 7) % 5,
      hints: b % 16 === 5 ? TOGETHER : new Map(),
      priorityClassName: PRIORITIES[(b >>> 3) % PRIORITIES.length] ?? '',
      minResources: b % 3 === 0 ? undefined : new Map(Object.entries(amounts(pods * (1 + (b % 2))))),
    });
    this.#groups.push(group.key);
    this.snapshot.upsertJob(group);
    const changes = {
      labels: b % 4 === 3 ? OWN_LABELS : NO_LABELS,
      datasets: b % 9 === 8 ? 'data' : '',
      cards: b % 17 === 6 ? CARDS : undefined,
    };
    for (let p = 0; p < pods; p += 1) this.snapshot.upsertTask(makePod(`${name}-${p}`, name, shape, changes));
  }

  /** A pod that is on its way, or runs. */
  #end(a: number): void {
    const placed = [...this.snapshot.tasks.values()].filter(
      ({ status, job }) => status !== TaskStatus.Pending && job !== undefined,
    );
    const task = placed[a % Math.max(1, placed.length)];
    if (task === undefined) return;
    this.snapshot.upsertTask({ ...task.record, nodeName: task.nodeName, phase: 'Succeeded' });
  }

  /** A pod of others that bears none of the like of some of ours beside it, or its end. */
  #putStranger(a: number, b: number): void {
    const place = { nodeName: `n${b % NODES}`, phase: b % 3 === 0 ? 'Succeeded' : 'Running' } as const;
    this.snapshot.upsertTask(makePod(`other-${a % 2}`, '', KEEPING_AWAY, place));
  }

  /** The watch shows every binding that is on its way, and that its pod runs. */
  #see(): void {
    for (const { status, record, nodeName } of this.snapshot.tasks.values()) {
      if (status === TaskStatus.Binding) this.snapshot.upsertTask({ ...record, nodeName, phase: 'Running' });
    }
  }

  #putDataset(isThere: boolean): void {
    if (!isThere) {
      this.snapshot.datasets.remove('ns/data');
      return;
    }
    const tiers = [{ key: HOST, weight: 100 }];
    const cached = [{ key: HOST, values: ['n1'], share: 1 }];
    const names = { key: 'ns/data', namespace: 'ns', name: 'data', uid: 'data', resourceVersion: '1' };
    this.snapshot.datasets.upsert({ ...names, tiers, cached, volumeClaim: '', fluidLabel: '', prefetch: '' });
  }

  #leave(key: string): void {
    const job = this.snapshot.jobs.get(key);
    for (const task of job?.tasks.values() ?? []) this.snapshot.removeTask(task.uid);
    this.snapshot.removeJob(key);
  }

  /** The group's record comes once more, and those of its pods with the changes. */
  #write(key: string, changes: Readonly<Record<string, string>>): void {
    const job = this.snapshot.jobs.get(key);
    if (job === undefined) return;
    if (Object.keys(changes).length === 0) this.snapshot.upsertJob({ ...job.record });
    for (const task of job.tasks.values()) {
      if (task.status === TaskStatus.Pending) this.snapshot.upsertTask({ ...task.record, ...changes });
    }
  }

  #putQueue(a: number, b: number): void {
    this.snapshot.upsertQueue(
      makeQueue(`q${a % QUEUES}`, {
        capability: b % 3 === 1 ? new Map(Object.entries(amounts(b % 7))) : undefined,
        isStrict: b % 5 === 4,
        state: b % 11 === 10 ? 'Closed' : 'Open',
        weight: 1 + (b % 2),
        affinity: b % 4 === 2 ? { use: { required: [`x${b % 3}`], preferred: [] }, avoid: NO_GROUPS } : undefined,
      }),
    );
  }

  #putNode(n: number, cpus: number): void {
    this.snapshot.upsertNode(makeNode(`n${n}`, amounts(cpus), { labels: nodeLabels(n, cpus) }));
  }
}

/** Some of a group, and some to be taken back. */
function nodeLabels(n: number, cpus: number): ReadonlyMap<string, string> {
  const labels = new Map([[HOST, `n${n}`]]);
  if (n < 2) labels.set(NODE_GROUP_LABEL, `x${n}`);
  if (cpus % 3 === 2) labels.set(REVOCABLE_ZONE_KEY, 'z');
  return labels;
}
