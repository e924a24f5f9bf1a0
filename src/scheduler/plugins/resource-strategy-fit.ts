import type { PluginArguments } from '../../config/policy.ts';
import { listArgument, numberArgument, switchArgument } from '../framework/plugin.ts';
import type { Plugin } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Task } from '../model/task.ts';
import { KeptProportions } from './kept-proportions.ts';
import type { ProportionKeys } from './kept-proportions.ts';

/** Highest score for one node, before the plugin's weight. */
const MAX_SCORE = 100;
const DEFAULT_WEIGHT = 10;

/**
 * Fuller nodes first for some resources, emptier ones for others: the weighted mean over the asked resources that have a
 * strategy of used + asked, or of what is left, per allocatable (Volcano's formula).
 */
export const resourceStrategyFit: Plugin = {
  name: 'resource-strategy-fit',
  make: (snapshot, options) => {
    const weight = numberArgument(options, 'resourceStrategyFitWeight', DEFAULT_WEIGHT);
    const scale = (weight < 0 ? DEFAULT_WEIGHT : weight) * MAX_SCORE;
    const strategies = new Strategies(snapshot, options);
    const avoidance = new ScarcityAvoidance(snapshot, options);
    const proportions = KeptProportions.from(options, PROPORTIONS, snapshot);
    return {
      scoreNode: (taskClass, node) => strategies.score(taskClass, node) * scale + avoidance.score(node),
      ...(proportions && {
        // By class.
        claimStampFn: () => 0,
        contextFn: (task: Task) => proportions.contextOf(task),
      }),
    };
  },
};

const PROPORTIONS: ProportionKeys = {
  enable: 'proportional.enable',
  cards: 'proportional.resources',
  ratios: 'proportional.resourceProportion.',
};

/** Nodes that offer none of the scarce resources score most, by the weights of those that they do offer (Volcano's `sra`). */
class ScarcityAvoidance {
  readonly #nodes: Snapshot['nodes'];
  readonly #scale: number;
  /** Resource and its share of all weights. */
  readonly #shares: readonly (readonly [resource: number, share: number])[];

  constructor({ nodes, resources }: Snapshot, options: PluginArguments) {
    this.#nodes = nodes;
    const weights = listArgument(options, 'sra.resources').map((name) => {
      return [resources.keep(name), numberArgument(options, `sra.resourceWeight.${name}`, 1)] as const;
    });
    const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
    this.#shares = total === 0 ? [] : weights.map(([resource, weight]) => [resource, weight / total]);
    const weight = numberArgument(options, 'sra.weight', 1);
    this.#scale = switchArgument(options, 'sra.enable', false) ? weight * MAX_SCORE : 0;
  }

  score(node: number): number {
    if (this.#scale === 0 || this.#shares.length === 0) return 0;
    let left = 1;
    for (const [resource, share] of this.#shares) {
      if ((this.#nodes.allocatable[resource]?.[node] ?? 0) > 0) left -= share;
    }
    return left * this.#scale;
  }
}

class Strategies {
  readonly #snapshot: Snapshot;
  /** By name, or by the beginning of names with a `*` at its end: above zero for fuller nodes, below for emptier ones. */
  readonly #byPattern: ReadonlyMap<string, number>;
  /** By place in the class: resources come and go, but not those of a class that is in use. */
  readonly #weights = new WeakMap<TaskClass, Float64Array>();
  #last: TaskClass | undefined;
  #lastWeights: Float64Array = new Float64Array(0);

  constructor(snapshot: Snapshot, options: PluginArguments) {
    this.#snapshot = snapshot;
    this.#byPattern = readStrategies(options);
  }

  /** From 0 to 1; 0 for a node that is too full. O(requested resources). */
  score(taskClass: TaskClass, node: number): number {
    const { idle, allocatable } = this.#snapshot.nodes;
    const { resources, amounts } = taskClass;
    const weights = this.#weightsOf(taskClass);
    let score = 0;
    let total = 0;
    for (let i = 0; i < resources.length; i += 1) {
      const weight = weights[i] ?? 0;
      if (weight === 0) continue;
      const r = resources[i] ?? 0;
      const room = allocatable[r]?.[node] ?? 0;
      const left = (idle[r]?.[node] ?? 0) - (amounts[i] ?? 0);
      total += Math.abs(weight);
      if (room <= 0) continue;
      if (left < 0) return 0;
      score += weight > 0 ? (weight * (room - left)) / room : (-weight * left) / room;
    }
    return total === 0 ? 0 : score / total;
  }

  /** One class is asked about node by node. */
  #weightsOf(taskClass: TaskClass): Float64Array {
    if (this.#last === taskClass) return this.#lastWeights;
    let weights = this.#weights.get(taskClass);
    if (weights === undefined) {
      const { resources } = this.#snapshot;
      weights = Float64Array.from(taskClass.resources, (r) => this.#weightOf(resources.name(r)));
      this.#weights.set(taskClass, weights);
    }
    this.#last = taskClass;
    this.#lastWeights = weights;
    return weights;
  }

  /** The name itself wins, then the longest beginning. */
  #weightOf(name: string): number {
    const own = this.#byPattern.get(name);
    if (own !== undefined) return own;
    let longest = '';
    for (const pattern of this.#byPattern.keys()) {
      const isMatch = pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1));
      if (isMatch && pattern.length > longest.length) longest = pattern;
    }
    return this.#byPattern.get(longest) ?? 0;
  }
}

const PREFIX = 'resources.';
const SUFFIX = '.type';

function readStrategies(options: PluginArguments): ReadonlyMap<string, number> {
  const out = new Map<string, number>();
  for (const [key, type] of options) {
    if (!key.startsWith(PREFIX) || !key.endsWith(SUFFIX)) continue;
    const name = key.slice(PREFIX.length, -SUFFIX.length);
    const weight = numberArgument(options, `${PREFIX}${name}.weight`, 1);
    out.set(name, type === 'MostAllocated' ? weight : -weight);
  }
  return out.size > 0 ? out : SPREAD;
}

/** CPU and memory are spread where nothing is said. */
const SPREAD: ReadonlyMap<string, number> = new Map([
  ['cpu', -1],
  ['memory', -1],
]);
