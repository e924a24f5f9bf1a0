import type { PluginArguments } from '../../config/policy.ts';
import { durationMs } from '../../lib/duration.ts';
import { numberArgument, switchArgument } from '../framework/plugin.ts';
import type { EmptyCluster, PlacementContext, Plugin } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { Job } from '../model/job.ts';
import { CPU_IX, MEMORY_IX } from '../model/resource-table.ts';
import type { Task } from '../model/task.ts';
import type { TaskClass } from '../model/task-class.ts';
import { NodeMoves } from './node-moves.ts';
import type { MoveRules, Moves } from './node-moves.ts';

const DEFAULT_INTERVAL_MS = 5 * 60_000;
/** Above all that other plugins score: a pod that went for room has to come where the room is. */
const AWAY = 1_000_000_000;
/** Above what they score, and below that. */
const EVENLY = 1_000_000;

/**
 * Now and then has pods leave nodes that are too busy, where the policy has the action shuffle and other nodes have room. What is
 * made in place of them goes to those.
 */
export const rescheduling: Plugin = {
  name: 'rescheduling',
  make: (snapshot, options) => {
    const rounds = new Rounds(snapshot, options);
    return {
      onSessionOpen: (nowMs, cluster) => rounds.open(nowMs, cluster),
      isShuffleDueFn: () => rounds.isDue,
      victimTasksFn: (running) => rounds.begin(running),
      victimReasonFn: (task) => rounds.reason(task),
      claimStampFn: () => rounds.round,
      contextFn: (task) => rounds.contextOf(task),
      nextWakeFn: () => rounds.nextMs,
    };
  },
};

/** One round an interval. */
class Rounds {
  readonly #snapshot: Snapshot;
  readonly #rules: Omit<MoveRules, 'below'>;
  /** Of this priority class and above nobody goes; empty for no such bound. */
  readonly #bound: string;
  readonly #intervalMs: number;
  #cluster: EmptyCluster | undefined;
  #nowMs = 0;
  /** Undefined before the first cycle: a new policy or a new leader moves nobody at once. */
  #dueMs: number | undefined;
  #round = 0;
  /** Jobs of which pods went in the latest round. */
  #moved = new Set<Job>();
  #context: PlacementContext | undefined;

  constructor(snapshot: Snapshot, options: PluginArguments) {
    this.#snapshot = snapshot;
    this.#rules = readRules(options);
    this.#bound = String(options.get('thresholdPriorityClassName') ?? '');
    this.#intervalMs = durationMs(String(options.get('interval') ?? '')) ?? DEFAULT_INTERVAL_MS;
  }

  open(nowMs: number, cluster: EmptyCluster): void {
    this.#cluster = cluster;
    this.#nowMs = nowMs;
    // A clock that was put back makes nobody wait for longer than an interval.
    this.#dueMs = Math.min(this.#dueMs ?? Infinity, nowMs + this.#intervalMs);
  }

  get isDue(): boolean {
    return this.#dueMs !== undefined && this.#dueMs <= this.#nowMs;
  }

  /** Number of rounds so far: only with one of them others than before are claimed. */
  get round(): number {
    return this.#round;
  }

  get nextMs(): number | undefined {
    return this.isDue ? undefined : this.#dueMs;
  }

  begin(running: readonly Task[]): readonly Task[] {
    if (!this.isDue || this.#cluster === undefined) return [];
    this.#dueMs = this.#nowMs + this.#intervalMs;
    this.#round += 1;
    const below = this.#bound === '' ? Infinity : this.#snapshot.priorityOf(this.#bound);
    const rules = { ...this.#rules, below };
    const moves = new NodeMoves(this.#snapshot, rules, this.#cluster, this.#nowMs).choose(running);
    this.#moved = new Set(moves.tasks.flatMap(({ job }) => job ?? []));
    this.#context = elsewhere(this.#snapshot, moves, `rescheduling ${this.#round}`);
    return moves.tasks;
  }

  reason({ nodeIx }: Task): string {
    return `node ${this.#snapshot.nodes.records[nodeIx]?.name ?? ''} is too busy, and others have room.`;
  }

  /** What comes in place of a pod that went is told from its group alone. */
  contextOf({ job }: Task): PlacementContext | undefined {
    return this.#moved.size > 0 && job !== undefined && this.#moved.has(job) ? this.#context : undefined;
  }
}

/** All but what hangs on the value of a priority class, which may change. */
function readRules(options: PluginArguments): Omit<MoveRules, 'below'> {
  const limit = (key: string): number => numberArgument(options, key, 100);
  return {
    low: { cpu: limit('thresholds.cpu'), memory: limit('thresholds.memory') },
    target: { cpu: limit('targetThresholds.cpu'), memory: limit('targetThresholds.memory') },
    mustFit: switchArgument(options, 'nodeFit', true),
  };
}

/** Nodes with room before all others, the emptiest of them first, and those that were too busy last. None is closed. */
function elsewhere(snapshot: Snapshot, { crowded, roomy }: Moves, key: string): PlacementContext {
  const { nodes } = snapshot;
  const names = (indices: ReadonlySet<number>): ReadonlySet<string> =>
    new Set(Array.from(indices, (n) => nodes.records[n]?.name ?? ''));
  const [left, sought] = [names(crowded), names(roomy)];
  return {
    key,
    hooks: {
      score: (_, out) => {
        nodes.records.forEach(({ name }, n) => {
          out[n] = (out[n] ?? 0) + AWAY * (Number(sought.has(name)) - Number(left.has(name)));
        });
      },
      scoreNode: (taskClass, node) => EVENLY * (1 - fullest(snapshot, node, taskClass)),
    },
  };
}

/** The larger share, of CPU and of memory, that is asked for of the node with one more task of the class. */
function fullest({ nodes }: Snapshot, node: number, { resources, amounts }: TaskClass): number {
  let most = 0;
  for (const r of [CPU_IX, MEMORY_IX]) {
    const offered = nodes.allocatable[r]?.[node] ?? 0;
    const asked = amounts[resources.indexOf(r)] ?? 0;
    if (offered > 0) most = Math.max(most, (offered - (nodes.idle[r]?.[node] ?? 0) + asked) / offered);
  }
  return most;
}
