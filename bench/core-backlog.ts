import type { PodPhase } from '../src/api/records/pod-record.ts';
import { DEFAULT_POLICY, plugin } from '../src/config/policy.ts';
import type { SchedulerPolicy } from '../src/config/policy.ts';
import { Snapshot } from '../src/scheduler/ledger/snapshot.ts';
import { Scheduler } from '../src/scheduler/scheduler.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../test/support/records.ts';
import { decodedText } from './decoded-text.ts';
import type { Figures } from './figures.ts';
import { rounded } from './figures.ts';
import { settleYoung } from './garbage.ts';
import { timePlacingCycle } from './placing-cycle.ts';
import { stopwatch, timesOf } from './stopwatch.ts';
import type { Took } from './stopwatch.ts';

/** Groups of one that are many times as many as the nodes hold, in several queues (the shapes of Armada's benchmark). */
export interface BacklogSettings {
  /** Of 32 CPUs; each group takes one of them. */
  readonly nodes: number;
  /** Groups that wait while others hold all nodes. */
  readonly queued: number;
  readonly queues: number;
  readonly runs: number;
}

export const CORE_BACKLOG: BacklogSettings = { nodes: 1000, queued: 320_000, queues: 10, runs: 5 };

/** Rounds before those that count: the code of a core that has run for some seconds is compiled. */
const WARM_RUNS = 3;

/** One pod in so many has ended. */
const ENDED_IN = 100;

const CPUS = 32;
const SHAPE = makeShape({ cpu: 1000 });

const POLICY: SchedulerPolicy = {
  ...DEFAULT_POLICY,
  actions: ['enqueue', 'allocate', 'backfill', 'reclaim'],
  tiers: [[plugin('priority'), plugin('gang'), plugin('conformance')], ...DEFAULT_POLICY.tiers.slice(1)],
};

/**
 * Each of these by the clock and, as `<name>CpuMs`, by the processor; all of them one cycle. `gangMs` and `fillMs`: the empty nodes are filled, by one
 * gang and by as many groups of one, both of one queue. `fillQueuesMs`: by groups of one of all queues in turn. `turnoverMs`: all queues hold what is
 * theirs, and others of them take the places of a pod in a hundred. `shareMs`: half of the queues hold all nodes, and the others take back what
 * is theirs. `waitMs`: the next one. `restMs`: one after that, as long as nothing else happens. `coldShareMs` is the first one of all in a new process.
 */
export function benchBacklog(settings: BacklogSettings): Figures {
  const all = Array.from({ length: WARM_RUNS + settings.runs }, () => ({
    gang: timeGang(settings),
    fill: timeFill(settings, 1),
    fillQueues: timeFill(settings, settings.queues),
    turnover: timeTurnover(settings),
    ...timeShare(settings),
  }));
  const rounds = all.slice(WARM_RUNS);
  const times = NAMES.map((name) =>
    timesOf(
      name,
      rounds.map((round) => round[name]),
    ),
  );
  return { ...Object.assign({}, ...times), coldShareMs: rounded(all[0]?.share.wallMs ?? NaN, 2) };
}

const NAMES = ['gang', 'fill', 'fillQueues', 'turnover', 'share', 'wait', 'rest'] as const;

/** As Armada's benchmark has it: one gang of one queue. */
function timeGang({ nodes }: BacklogSettings): Took {
  const snapshot = emptyNodes(nodes, 1);
  const pods = nodes * CPUS;
  snapshot.upsertJob(
    makePodGroup('gang', pods, { queue: queueName(0), minResources: new Map([['cpu', 1000 * pods]]) }),
  );
  for (let p = 0; p < pods; p += 1) snapshot.upsertTask(makePod(decodedText(`gang-${p}`), 'gang', SHAPE));
  return timePlacingCycle(snapshot, 1);
}

function timeFill({ nodes }: BacklogSettings, queues: number): Took {
  const snapshot = emptyNodes(nodes, queues);
  for (let g = 0; g < nodes * CPUS; g += 1) addGroup(snapshot, g, g % queues, -1);
  return timePlacingCycle(snapshot, nodes * CPUS);
}

/** Fair share with preemption as Armada's benchmark has it, whose queues hold what is theirs and go on so; but here a pod in a hundred has ended since. */
function timeTurnover({ nodes, queues, queued }: BacklogSettings): Took {
  const snapshot = emptyNodes(nodes, queues);
  for (let g = 0; g < nodes * CPUS; g += 1) addGroup(snapshot, g, g % queues, g % nodes);
  for (let g = 0; g < queued; g += 1) addGroup(snapshot, nodes * CPUS + g, g % queues, -1);
  const scheduler = new Scheduler(snapshot, POLICY);
  for (let i = 0; i < 2; i += 1) scheduler.cycle({ nowMs: 0 });
  for (let g = 0; g < nodes * CPUS; g += ENDED_IN) addGroup(snapshot, g, g % queues, g % nodes, 'Succeeded');
  const [turnover, evicted, placed] = timed(scheduler);
  if (evicted > 0 || placed !== Math.ceil((nodes * CPUS) / ENDED_IN)) {
    throw new Error(`Cannot report: ${placed} pods were placed and ${evicted} evicted`);
  }
  return turnover;
}

/** Three cycles, one after the other. */
interface Sharing {
  readonly share: Took;
  readonly wait: Took;
  readonly rest: Took;
}

function timeShare({ nodes, queues, queued }: BacklogSettings): Sharing {
  const snapshot = emptyNodes(nodes, queues);
  const holders = Math.ceil(queues / 2);
  for (let g = 0; g < nodes * CPUS; g += 1) addGroup(snapshot, g, g % holders, g % nodes);
  const scheduler = new Scheduler(snapshot, POLICY);
  scheduler.cycle({ nowMs: 0 });
  for (let g = 0; g < queued; g += 1) addGroup(snapshot, nodes * CPUS + g, g % queues, -1);
  const [share, evicted] = timed(scheduler);
  const wanted = Math.floor((nodes * CPUS) / queues) * (queues - holders);
  if (Math.abs(evicted - wanted) > queues) throw new Error(`Cannot report: ${evicted} of ${wanted} pods were evicted`);
  const [wait] = timed(scheduler);
  const [rest] = timed(scheduler);
  return { share, wait, rest };
}

/** What a cycle took, how many pods it told to go, and how many groups got places. */
function timed(scheduler: Scheduler): readonly [Took, number, number] {
  settleYoung();
  const stop = stopwatch();
  const decisions = scheduler.cycle({ nowMs: 0 });
  const took = stop();
  const kinds = Map.groupBy(decisions.single(), ({ kind }) => kind);
  return [took, kinds.get('evict')?.length ?? 0, kinds.get('gang')?.length ?? 0];
}

function emptyNodes(nodes: number, queues: number): Snapshot {
  const snapshot = new Snapshot();
  for (let q = 0; q < queues; q += 1) snapshot.upsertQueue(makeQueue(queueName(q)));
  for (let n = 0; n < nodes; n += 1) snapshot.upsertNode(makeNode(nodeName(n), { cpu: CPUS * 1000 }));
  return snapshot;
}

/** A group of one in the queue; it runs where a node is named, or did, and waits where that is below zero. */
function addGroup(snapshot: Snapshot, g: number, queue: number, node: number, phase: PodPhase = 'Running'): void {
  const runs = node >= 0;
  const group = makePodGroup(decodedText(`g-${String(g).padStart(6, '0')}`), 1, {
    queue: queueName(queue),
    createdMs: g,
    minResources: SHAPE.requests,
    ...(runs ? { phase: 'Running' as const } : {}),
  });
  snapshot.upsertJob(group);
  const place = runs ? { nodeName: nodeName(node), phase } : {};
  snapshot.upsertTask(makePod(decodedText(`${group.name}-0`), group.name, SHAPE, place));
}

function queueName(q: number): string {
  return `queue-${q}`;
}

function nodeName(n: number): string {
  return `node-${String(n).padStart(5, '0')}`;
}
