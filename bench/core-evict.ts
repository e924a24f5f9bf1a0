import { DEFAULT_POLICY, plugin } from '../src/config/policy.ts';
import type { SchedulerPolicy } from '../src/config/policy.ts';
import { Snapshot } from '../src/scheduler/ledger/snapshot.ts';
import { Scheduler } from '../src/scheduler/scheduler.ts';
import type { Decision } from '../src/scheduler/session/decision.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../test/support/records.ts';
import { decodedText } from './decoded-text.ts';
import type { Figures } from './figures.ts';
import { rounded } from './figures.ts';
import { settleYoung } from './garbage.ts';
import { stopwatch, timesOf } from './stopwatch.ts';
import type { Took } from './stopwatch.ts';

/** Nodes full of pods of one card each, and a gang that asks for half of the nodes. */
export interface EvictSettings {
  readonly nodes: number;
  readonly runs: number;
}

export const CORE_EVICT: EvictSettings = { nodes: 1000, runs: 15 };

/** Worlds of at most so many nodes before those that count: the code of a core that has run for some seconds is compiled. */
const WARM_NODES = 1000;
const WARM_RUNS = 25;

const GPU = 'nvidia.com/gpu';
const CARDS = 8;

const POLICY: SchedulerPolicy = {
  ...DEFAULT_POLICY,
  actions: ['enqueue', 'allocate', 'backfill', 'preempt', 'reclaim'],
  tiers: [[plugin('priority'), plugin('gang'), plugin('conformance')], ...DEFAULT_POLICY.tiers.slice(1)],
};

type Action = 'reclaim' | 'preempt';

/**
 * The gang is of another queue than the pods that go, or of the same and of higher priority. `coldReclaimMs` is the very first cycle with
 * evictions in a new process, of at most 1,000 nodes.
 */
export function benchEvict({ nodes, runs }: EvictSettings): Figures {
  const warm = (action: Action): readonly Took[] =>
    Array.from({ length: WARM_RUNS }, () => timeCycle(Math.min(nodes, WARM_NODES), action));
  const cycles = (action: Action): readonly Took[] => Array.from({ length: runs }, () => timeCycle(nodes, action));
  const [cold] = warm('reclaim');
  const reclaim = cycles('reclaim');
  warm('preempt');
  const preempt = cycles('preempt');
  return {
    ...timesOf('reclaim', reclaim),
    ...timesOf('preempt', preempt),
    coldReclaimMs: rounded(cold?.wallMs ?? NaN, 2),
  };
}

function timeCycle(nodes: number, action: Action): Took {
  const snapshot = fullCluster(nodes);
  const scheduler = new Scheduler(snapshot, POLICY);
  scheduler.cycle({ nowMs: 0 });
  const queue = action === 'reclaim' ? 'b' : 'a';
  snapshot.upsertJob(makePodGroup('large', nodes / 2, { queue, priorityClassName: 'high' }));
  const shape = makeShape({ [GPU]: CARDS });
  for (let p = 0; p < nodes / 2; p += 1) snapshot.upsertTask(makePod(decodedText(`large-${p}`), 'large', shape));
  settleYoung();
  const stop = stopwatch();
  const decisions = scheduler.cycle({ nowMs: 0 });
  const took = stop();
  const evicted = count([...decisions], 'evict');
  const promised = count([...decisions], 'pipeline');
  if (evicted !== (nodes / 2) * CARDS || promised !== nodes / 2) {
    throw new Error(`Cannot report: ${evicted} pods were evicted for ${promised} of ${nodes / 2}`);
  }
  return took;
}

function fullCluster(nodes: number): Snapshot {
  const snapshot = new Snapshot();
  snapshot.setPriorityClass({ name: 'high', value: 10, isGlobalDefault: false, isPatient: false });
  for (const name of ['a', 'b']) snapshot.upsertQueue(makeQueue(name));
  const shape = makeShape({ [GPU]: 1 });
  for (let n = 0; n < nodes; n += 1) {
    const name = `node-${String(n).padStart(5, '0')}`;
    snapshot.upsertNode(makeNode(name, { [GPU]: CARDS }));
    for (let c = 0; c < CARDS; c += 1) {
      const group = decodedText(`g-${n}-${c}`);
      snapshot.upsertJob(makePodGroup(group, 1, { queue: 'a', phase: 'Running', minResources: shape.requests }));
      snapshot.upsertTask(makePod(decodedText(`${group}-0`), group, shape, { nodeName: name, phase: 'Running' }));
    }
  }
  return snapshot;
}

function count(decisions: readonly Decision[], kind: Decision['kind']): number {
  return decisions.filter((decision) => decision.kind === kind).length;
}
