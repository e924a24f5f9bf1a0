import type { PluginArguments } from '../../config/policy.ts';
import { numberArgument } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { TaskClass } from '../model/task-class.ts';

/**
 * Fuller nodes first for some resources, emptier ones for others: the weighted mean over the asked resources that have a
 * strategy of used + asked, or of what is left, per allocatable (Volcano's formula).
 */
export class Strategies {
  readonly #snapshot: Snapshot;
  /** By name, or by the beginning of names with a `*` at its end: above zero for fuller nodes, below for emptier ones. */
  readonly #byPattern: ReadonlyMap<string, number>;
  /** By place in the class: resources come and go, but not those of a class that is in use. */
  readonly #weights = new WeakMap<TaskClass, Float64Array>();
  #last: TaskClass | undefined;
  #lastWeights: Float64Array = new Float64Array(0);

  constructor(snapshot: Snapshot, byPattern: ReadonlyMap<string, number>) {
    this.#snapshot = snapshot;
    this.#byPattern = byPattern;
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
      weights = Float64Array.from(taskClass.resources, (r) => weightOf(resources.name(r), this.#byPattern));
      this.#weights.set(taskClass, weights);
    }
    this.#last = taskClass;
    this.#lastWeights = weights;
    return weights;
  }
}

/** The name itself wins, then the longest beginning. */
export function weightOf(name: string, byPattern: ReadonlyMap<string, number>): number {
  const own = byPattern.get(name);
  if (own !== undefined) return own;
  let longest = '';
  for (const pattern of byPattern.keys()) {
    const isMatch = pattern.endsWith('*') && name.startsWith(pattern.slice(0, -1));
    if (isMatch && pattern.length > longest.length) longest = pattern;
  }
  return byPattern.get(longest) ?? 0;
}

const PREFIX = 'resources.';
const SUFFIX = '.type';

/** By name or beginning of names: above zero where fuller nodes are better. */
export function readStrategies(options: PluginArguments): ReadonlyMap<string, number> {
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
