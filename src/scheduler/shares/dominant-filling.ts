import { PODS_IX } from '../model/resource-table.ts';
import type { Queue } from '../model/queue.ts';
import type { ShareNode } from './share-tree.ts';

/** What the jobs of a queue ask for and may have; vectors are indexed like the resource table. */
export interface Appetite {
  /** What they hold and ask for. */
  readonly request: Float64Array;
  /** Most that they may ever hold. */
  readonly limit: Float64Array;
  /** Out: what they deserve. */
  readonly deserved: Float64Array;
}

/** Parts of the totals closer than this count as equal. */
const CLOSE = 1e-9;
/**
 * A branch does not get richer while none of its growing members asks for what it has most of. It counts as if it did by so
 * much of what they get: they catch up while the others hardly grow.
 */
const UNNOTICED = 1e-6;

/**
 * Fills the `deserved` of queues as hierarchical dominant resource fairness does in the limit of small tasks: all that are
 * below one branch grow alike in their dominant shares by weight, until one has all that it asks for, or something that it
 * asks for is gone. It takes no more then, and counts in its branch with what it has. What each gets has the proportions of
 * what it asks for. All start from nothing at once: so none is ever ahead of its siblings, and their shares need not be scaled
 * down, which is how the paper keeps members of a branch from starving beside a rich one.
 * Bhattacharya et al., Hierarchical Scheduling for Diverse Datacenter Workloads, SoCC 2013.
 * O((queues + resources) x queues x resources).
 */
export function fillByDominantShares(
  total: Float64Array,
  root: ShareNode,
  appetites: ReadonlyMap<Queue, Appetite>,
): void {
  const top = vesselOf(root, total, appetites);
  for (;;) {
    top.look((r) => (top.has[r] ?? 0) < 1 - CLOSE);
    let step = top.untilTurn();
    top.rate?.forEach((speed, r) => {
      if (speed > 0) step = Math.min(step, (1 - (top.has[r] ?? 0)) / speed);
    });
    if (top.rate === undefined || step === Infinity) return;
    top.grow(Math.max(0, step));
  }
}

/** What fills: parts of the totals by resource, and a level, which is the largest of them. */
interface Vessel {
  readonly weight: number;
  readonly has: Float64Array;
  /** What it gets while its level grows by 1; undefined when it takes no more. Set by `look`. */
  readonly rate: Float64Array | undefined;
  look(isFree: (r: number) => boolean): void;
  /** How far its level can grow until it goes on otherwise. */
  untilTurn(): number;
  grow(levels: number): void;
}

function vesselOf(node: ShareNode, total: Float64Array, appetites: ReadonlyMap<Queue, Appetite>): Vessel {
  const appetite = node.queue === undefined ? undefined : appetites.get(node.queue);
  if (appetite !== undefined) return new Jobs(node.weight, total, appetite);
  const children = node.children.map((child) => vesselOf(child, total, appetites));
  return new Branch(node.weight, total.length, children);
}

/** The jobs of one queue. */
class Jobs implements Vessel {
  readonly weight: number;
  readonly has: Float64Array;
  rate: Float64Array | undefined;
  readonly #total: Float64Array;
  readonly #deserved: Float64Array;
  readonly #direction: Float64Array;
  #left: number;

  constructor(weight: number, total: Float64Array, { request, limit, deserved }: Appetite) {
    this.weight = weight;
    this.#total = total;
    this.#deserved = deserved;
    this.has = new Float64Array(total.length);
    const parts = total.map((all, r) => (r === PODS_IX || all <= 0 ? 0 : (request[r] ?? 0) / all));
    const most = Math.max(0, ...parts);
    this.#direction = parts.map((part) => (most > 0 ? part / most : 0));
    const scales = request.map((asked, r) => ((parts[r] ?? 0) > 0 ? (limit[r] ?? 0) / asked : 1));
    this.#left = most * Math.min(1, ...scales);
    deserved.fill(0);
  }

  look(isFree: (r: number) => boolean): void {
    const isOpen = this.#left > CLOSE && this.#direction.every((part, r) => part === 0 || isFree(r));
    this.rate = isOpen ? this.#direction : undefined;
  }

  untilTurn(): number {
    return this.#left;
  }

  grow(levels: number): void {
    this.#left -= levels;
    for (let r = 0; r < this.has.length; r += 1) {
      const part = (this.has[r] ?? 0) + levels * (this.#direction[r] ?? 0);
      this.has[r] = part;
      this.#deserved[r] = part * (this.#total[r] ?? 0);
    }
  }
}

class Branch implements Vessel {
  readonly weight: number;
  readonly has: Float64Array;
  rate: Float64Array | undefined;
  readonly #rate: Float64Array;
  /** Children that still grow. */
  #open: readonly Vessel[];
  /** How much each growing child's level grows by its weight while the branch's own grows by 1. */
  #pace = 0;
  /** How fast the largest of its parts grows. */
  #rise = 0;

  constructor(weight: number, resources: number, children: readonly Vessel[]) {
    this.weight = weight;
    this.has = new Float64Array(resources);
    this.#rate = new Float64Array(resources);
    this.#open = children;
  }

  look(isFree: (r: number) => boolean): void {
    const sum = this.#rate.fill(0);
    for (const child of this.#open) {
      child.look(isFree);
      if (child.rate === undefined) continue;
      for (let r = 0; r < sum.length; r += 1) sum[r] = (sum[r] ?? 0) + (child.rate[r] ?? 0) * child.weight;
    }
    // Who is full, or asks for something that is gone, stays so.
    if (this.#open.some(({ rate }) => rate === undefined))
      this.#open = this.#open.filter(({ rate }) => rate !== undefined);
    this.rate = this.#open.length > 0 ? sum : undefined;
    const level = largest(this.has);
    let rise = 0;
    for (let r = 0; r < sum.length; r += 1) {
      if ((this.has[r] ?? 0) >= level - CLOSE) rise = Math.max(rise, sum[r] ?? 0);
    }
    this.#pace = 1 / Math.max(rise, UNNOTICED * largest(sum));
    this.#rise = rise * this.#pace;
    for (let r = 0; r < sum.length; r += 1) sum[r] = (sum[r] ?? 0) * this.#pace;
  }

  untilTurn(): number {
    let step = Infinity;
    for (const child of this.#open) step = Math.min(step, child.untilTurn() / (child.weight * this.#pace));
    const level = largest(this.has);
    for (let r = 0; r < this.has.length; r += 1) {
      const gap = level - (this.has[r] ?? 0);
      const nearing = (this.#rate[r] ?? 0) - this.#rise;
      // Another resource becomes the one that it has most of.
      if (gap > CLOSE && nearing > 0) step = Math.min(step, gap / nearing);
    }
    return step;
  }

  grow(levels: number): void {
    for (let r = 0; r < this.has.length; r += 1) this.has[r] = (this.has[r] ?? 0) + levels * (this.#rate[r] ?? 0);
    for (const child of this.#open) child.grow(levels * child.weight * this.#pace);
  }
}

function largest(values: Float64Array): number {
  let most = 0;
  for (let r = 0; r < values.length; r += 1) most = Math.max(most, values[r] ?? 0);
  return most;
}
