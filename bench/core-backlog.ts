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

const CPUS = 32;
const SHAPE = makeShape({ cpu: 1000 });

const POLICY: SchedulerPolicy = {
  ...DEFAULT_POLICY,
  actions: ['enqueue', 'allocate', 'backfill', 'reclaim'],
  tiers: [[plugin('priority'), plugin('gang'), plugin('conformance')], ...DEFAULT_POLICY.tiers.slice(1)],
};

/**
 * Each of these by the clock and, as `<name>CpuMs`, by the processor. `fillMs`: one cycle that fills the empty nodes with as many groups as they hold. `shareMs`: one cycle in which half of the
 * queues hold all nodes, all of them have as much waiting, and the others take back what is theirs. `waitMs`: the next one. `restMs`: one
 * after that, as long as nothing else happens. `coldShareMs` is the first one of all in a new process.
 */
export function benchBacklog(settings: BacklogSettings): Figures {
  const all = Array.from({ length: WARM_RUNS + settings.runs }, () => ({
    fill: timeFill(settings),
    ...timeShare(settings),
  }));
  const rounds = all.slice(WARM_RUNS);
  const of = (which: keyof Sharing | 'fill'): readonly Took[] => rounds.map((round) => round[which]);
  return {
    ...timesOf('fill', of('fill')),
    ...timesOf('share', of('share')),
    ...timesOf('wait', of('wait')),
    ...timesOf('rest', of('rest')),
    coldShareMs: rounded(all[0]?.share.wallMs ?? NaN, 2),
  };
}

function timeFill({ nodes, queues }: BacklogSettings): Took {
  const snapshot = emptyNodes(nodes, queues);
  for (let g = 0; g < nodes * CPUS; g += 1) addGroup(snapshot, g, g % queues, -1);
  return timePlacingCycle(snapshot, nodes * CPUS);
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

/** What a cycle took, and how many pods it told to go. */
function timed(scheduler: Scheduler): readonly [Took, number] {
  settleYoung();
  const stop = stopwatch();
  const decisions = scheduler.cycle({ nowMs: 0 });
  const took = stop();
  return [took, [...decisions.single()].filter(({ kind }) => kind === 'evict').length];
}

function emptyNodes(nodes: number, queues: number): Snapshot {
  const snapshot = new Snapshot();
  for (let q = 0; q < queues; q += 1) snapshot.upsertQueue(makeQueue(queueName(q)));
  for (let n = 0; n < nodes; n += 1) snapshot.upsertNode(makeNode(nodeName(n), { cpu: CPUS * 1000 }));
  return snapshot;
}

/** A group of one in the queue; it runs where a node is named, and waits where that is below zero. */
function addGroup(snapshot: Snapshot, g: number, queue: number, node: number): void {
  const runs = node >= 0;
  const group = makePodGroup(decodedText(`g-${String(g).padStart(6, '0')}`), 1, {
    queue: queueName(queue),
    createdMs: g,
    minResources: SHAPE.requests,
    ...(runs ? { phase: 'Running' as const } : {}),
  });
  snapshot.upsertJob(group);
  const place = runs ? { nodeName: nodeName(node), phase: 'Running' as const } : {};
  snapshot.upsertTask(makePod(decodedText(`${group.name}-0`), group.name, SHAPE, place));
}

function queueName(q: number): string {
  return `queue-${q}`;
}

function nodeName(n: number): string {
  return `node-${String(n).padStart(5, '0')}`;
}
