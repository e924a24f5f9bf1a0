import type { NetworkRule } from '../src/api/records/network-rule.ts';
import { DEFAULT_POLICY } from '../src/config/policy.ts';
import { Snapshot } from '../src/scheduler/ledger/snapshot.ts';
import { Scheduler } from '../src/scheduler/scheduler.ts';
import type { Decision } from '../src/scheduler/session/decision.ts';
import { exactly, hard, makeHyperNode, SOFT } from '../test/support/network.ts';
import { makeNode, makePod, makePodGroup, makeQueue, makeShape } from '../test/support/records.ts';
import type { Figures } from './figures.ts';
import { rounded } from './figures.ts';
import { seededRandom } from './random.ts';
import { stopwatch, timesOf } from './stopwatch.ts';
import type { Took } from './stopwatch.ts';

/** Gangs that have to be near each other, in networks of several tiers. */
export interface TopologySettings {
  /** Pods of the gang. */
  readonly pods: number;
  /** Nodes of the larger network. */
  readonly nodes: number;
  readonly runs: number;
}

export const CORE_TOPOLOGY: TopologySettings = { pods: 512, nodes: 10_000, runs: 51 };

const GPU = 'nvidia.com/gpu';
const CARDS = 8;
/** Compiled code of the best kind comes after about a hundred gangs. */
const WARM_RUNS = 120;

/** Parts of each tier that make up one of the next; what is left is one part of the highest. */
const SMALL = { fanOut: [8, 8], tiers: 3 } as const;
const LARGE = { fanOut: [16, 10, 8], tiers: 4 } as const;

/**
 * Milliseconds of the cycle that places one gang whose pods take a node each: as many nodes in three tiers, all empty; and
 * the larger network in four tiers of which one node in four is taken, required in the second highest tier.
 */
export function benchTopology({ pods, nodes, runs }: TopologySettings): Figures {
  const empty = timeGangs({ pods, nodes: pods, ...SMALL, taken: 0, rule: SOFT }, runs);
  const required = timeGangs({ pods, nodes, ...LARGE, taken: 0.25, rule: hard(3) }, runs);
  const rack = timeGangs({ pods: 12, nodes, ...LARGE, taken: 0.25, rule: hard(1) }, runs);
  return {
    ...timesOf('gang', empty.warm),
    bestGangMs: best(empty.warm),
    firstGangMs: rounded(empty.first.wallMs, 2),
    ...timesOf('largeNetwork', required.warm),
    bestLargeNetworkMs: best(required.warm),
    ...timesOf('rackOfLargeNetwork', rack.warm),
  };
}

interface Timed {
  /** In a new process, the first scene's. */
  readonly first: Took;
  readonly warm: readonly Took[];
}

function best(took: readonly Took[]): number {
  return rounded(Math.min(...took.map(({ wallMs }) => wallMs)), 2);
}

interface Scene {
  readonly pods: number;
  readonly nodes: number;
  readonly fanOut: readonly number[];
  readonly tiers: number;
  /** Share of the nodes that others hold. */
  readonly taken: number;
  readonly rule: NetworkRule;
}

/** Gangs that come one after the other to the same network, each of which ends before the next one. */
function timeGangs(scene: Scene, runs: number): Timed {
  const snapshot = network(scene);
  const scheduler = new Scheduler(snapshot, DEFAULT_POLICY);
  const shape = makeShape({ [GPU]: CARDS });
  const timeGang = (name: string): Took => {
    snapshot.upsertJob(makePodGroup(name, scene.pods, { network: scene.rule }));
    for (let p = 0; p < scene.pods; p += 1) snapshot.upsertTask(makePod(`${name}-${p}`, name, shape));
    const stop = stopwatch();
    const decisions = scheduler.cycle({ nowMs: 0 });
    const took = stop();
    const bound = boundOf([...decisions]);
    if (bound !== scene.pods) throw new Error(`Cannot report: ${bound} of ${scene.pods} pods were bound`);
    for (let p = 0; p < scene.pods; p += 1) snapshot.removeTask(`uid-${name}-${p}`);
    snapshot.removeJob(`ns/${name}`);
    return took;
  };
  // The first ones make what is kept for all, and are interpreted.
  const first = timeGang('first');
  for (let warm = 1; warm < WARM_RUNS; warm += 1) timeGang(`warm${warm}`);
  return { first, warm: Array.from({ length: runs }, (_, run) => timeGang(`gang${run}`)) };
}

function boundOf(decisions: readonly Decision[]): number {
  return decisions.reduce((sum, decision) => sum + (decision.kind === 'gang' ? decision.binds.length : 0), 0);
}

function network({ nodes, fanOut, tiers, taken }: Scene): Snapshot {
  const snapshot = new Snapshot();
  const random = seededRandom(11);
  snapshot.upsertQueue(makeQueue('default'));
  const shape = makeShape({ [GPU]: CARDS });
  let names = Array.from({ length: nodes }, (_, n) => `node-${String(n).padStart(5, '0')}`);
  for (const name of names) {
    snapshot.upsertNode(makeNode(name, { [GPU]: CARDS }));
    if (random() >= taken) continue;
    snapshot.upsertJob(makePodGroup(`on-${name}`, 1, { phase: 'Running' }));
    snapshot.upsertTask(makePod(`on-${name}-0`, `on-${name}`, shape, { nodeName: name, phase: 'Running' }));
  }
  for (let tier = 1; tier <= tiers; tier += 1) {
    const size = fanOut[tier - 1] ?? names.length;
    const type = tier === 1 ? 'Node' : 'HyperNode';
    const made: string[] = [];
    for (let first = 0; first < names.length; first += size) {
      const name = `t${tier}-${String(made.length).padStart(4, '0')}`;
      const members = names.slice(first, first + size).map((member) => exactly(type, member));
      snapshot.network.upsert(makeHyperNode(name, tier, ...members));
      made.push(name);
    }
    names = made;
  }
  return snapshot;
}
