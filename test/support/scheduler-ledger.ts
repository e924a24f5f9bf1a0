import { TaskStatus } from '../../src/scheduler/task.ts';
import type { Job } from '../../src/scheduler/job.ts';
import type { Snapshot } from '../../src/scheduler/snapshot.ts';

/** The ports that the tests' pods ask for. */
export const PORTS = [
  { protocol: 'TCP', port: 80, ip: '0.0.0.0' },
  { protocol: 'TCP', port: 80, ip: '10.0.0.1' },
];

type Amounts = Readonly<Record<string, number>>;

/** Every number that a snapshot keeps beside its records, by names: two snapshots of one cluster must agree on all of it. */
export interface Ledger {
  readonly nodes: Readonly<Record<string, NodeLedger>>;
  readonly totals: Amounts;
  readonly jobs: Readonly<Record<string, JobLedger>>;
  readonly queues: Readonly<Record<string, { readonly allocated: Amounts; readonly pending: Amounts }>>;
  readonly tasks: Readonly<Record<string, string>>;
  readonly missingGroups: Readonly<Record<string, readonly string[]>>;
  readonly classes: number;
}

export interface NodeLedger {
  readonly allocatable: Amounts;
  readonly idle: Amounts;
  readonly releasing: Amounts;
  readonly pipelined: Amounts;
  readonly releasingTasks: number;
  readonly freePorts: readonly boolean[];
}

export interface JobLedger {
  readonly counts: readonly number[];
  readonly ready: number;
  readonly valid: number;
  readonly pendingBestEffort: number;
  readonly priority: number;
  readonly queue: string | undefined;
  readonly tasks: readonly string[];
}

/** Reads the ledger; the snapshot has to be settled. */
export function ledgerOf(snapshot: Snapshot): Ledger {
  const { nodes, queues, jobs, tasks, resources } = snapshot;
  return {
    nodes: byName(nodes.records.map((record, index) => [record.name, nodeLedger(snapshot, index)])),
    totals: Object.fromEntries(resources.amounts(nodes.totals)),
    jobs: byName([...jobs].map(([key, job]) => [key, jobLedger(job)])),
    queues: byName(
      [...queues].map(([name, { allocated, pending }]) => [
        name,
        {
          allocated: byName([...resources.amounts(allocated)]),
          pending: byName([...resources.amounts(pending)]),
        },
      ]),
    ),
    tasks: byName([...tasks.values()].map(({ uid, status, nodeName }) => [uid, `${status} ${nodeName}`])),
    missingGroups: byName(
      [...snapshot.missingGroups()].map(([key, orphans]) => [key, [...orphans].map(({ uid }) => uid).toSorted()]),
    ),
    classes: snapshot.classes.size,
  };
}

/** Keys of the jobs that the actions should look at, by definition. */
export function waitingByDefinition(snapshot: Snapshot): string[] {
  const isWaiting = (job: Job): boolean =>
    job.count(TaskStatus.Pending) > 0 || (['', 'Pending'].includes(job.phase) && job.tasks.size > 0);
  return [...snapshot.jobs.values()]
    .filter(isWaiting)
    .map(({ key }) => key)
    .toSorted();
}

function nodeLedger(snapshot: Snapshot, index: number): NodeLedger {
  const { nodes, resources, index: features, releasingNodes } = snapshot;
  const row = (columns: readonly Float64Array[]): Amounts =>
    byName([...resources.amounts(columns.map((column) => column[index] ?? 0))]);
  return {
    allocatable: row(nodes.allocatable),
    idle: row(nodes.idle),
    releasing: row(nodes.releasing),
    pipelined: row(nodes.pipelined),
    releasingTasks: releasingNodes.get(index) ?? 0,
    freePorts: PORTS.map((port) => features.portsFree(index, [port])),
  };
}

function jobLedger(job: Job): JobLedger {
  return {
    counts: [...job.counts],
    ready: job.ready(),
    valid: job.valid(),
    pendingBestEffort: job.pendingBestEffort,
    priority: job.priority,
    queue: job.queue?.name,
    tasks: [...job.tasks.keys()].toSorted(),
  };
}

/** In the order of the names, so that the text of it can be compared too. */
function byName<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
