import { Bitset } from '../../lib/bitset.ts';
import type { PluginHooks } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { TaskClass } from '../model/task-class.ts';

/** Behind by more than this share of the nodes, a picker is built anew instead of replayed. */
const REPLAY_SHARE = 0.5;

/**
 * The best node for one class at any time: a tournament tree over the nodes' scores.
 * Best in O(1), one changed node in O(log nodes), built in O(nodes x plugins). The lower index, so the lower name, wins ties.
 */
export class NodePicker {
  readonly #class: TaskClass;
  readonly #hooks: readonly PluginHooks[];
  readonly #snapshot: Snapshot;
  /** Nodes that the class may use by their features alone. */
  readonly #mask: Bitset;
  /** The part of the score that depends on node features alone. */
  #base: Float64Array;
  #scores: Float64Array;
  /** Index of the winner of each inner node; leaves start at #width. */
  #winners: Int32Array;
  #width = 1;
  #syncedTo = 0;
  #featuresVersion = -1;

  constructor(taskClass: TaskClass, hooks: readonly PluginHooks[], snapshot: Snapshot) {
    this.#class = taskClass;
    this.#hooks = hooks;
    this.#snapshot = snapshot;
    this.#mask = new Bitset(0);
    this.#base = new Float64Array(0);
    this.#scores = new Float64Array(1);
    this.#winners = new Int32Array(2);
  }

  /** Index of the best node that the class fits on now, or -1. */
  best(): number {
    this.#sync();
    const winner = this.#winners[1] ?? 0;
    return (this.#scores[winner] ?? -Infinity) === -Infinity ? -1 : winner;
  }

  /** Whether the class may use the node at all, whatever is free there. */
  allows(index: number): boolean {
    this.#sync();
    return this.#mask.has(index);
  }

  #sync(): void {
    const { journal, featuresVersion } = this.#snapshot;
    if (this.#featuresVersion !== featuresVersion) {
      this.#readFeatures();
      this.#featuresVersion = featuresVersion;
      this.#rebuild();
      return;
    }
    if (this.#syncedTo === journal.end) return;
    const isFar = journal.end - this.#syncedTo > Math.max(16, this.#snapshot.nodes.count * REPLAY_SHARE);
    if (this.#syncedTo < journal.start || isFar) {
      this.#rebuild();
      return;
    }
    for (let at = this.#syncedTo; at < journal.end; at += 1) this.#update(journal.at(at));
    this.#syncedTo = journal.end;
  }

  #readFeatures(): void {
    const count = this.#snapshot.nodes.count;
    this.#mask.clear();
    this.#mask.fill(count);
    this.#base = new Float64Array(count);
    for (const hook of this.#hooks) {
      hook.feasible?.(this.#class, this.#mask);
      hook.score?.(this.#class, this.#base);
    }
    this.#width = 1;
    while (this.#width < count) this.#width *= 2;
    this.#scores = new Float64Array(this.#width).fill(-Infinity);
    this.#winners = new Int32Array(2 * this.#width);
    for (let i = 0; i < this.#width; i += 1) this.#winners[this.#width + i] = i;
  }

  #rebuild(): void {
    const count = this.#snapshot.nodes.count;
    const scores = this.#scores;
    for (let n = 0; n < count; n += 1) scores[n] = this.#scoreOf(n);
    const winners = this.#winners;
    for (let at = this.#width - 1; at >= 1; at -= 1) {
      const left = winners[2 * at] ?? 0;
      const right = winners[2 * at + 1] ?? 0;
      winners[at] = (scores[left] ?? 0) >= (scores[right] ?? 0) ? left : right;
    }
    this.#syncedTo = this.#snapshot.journal.end;
  }

  #scoreOf(node: number): number {
    if (!this.#mask.has(node)) return -Infinity;
    const hooks = this.#hooks;
    let score = this.#base[node] ?? 0;
    for (let i = 0; i < hooks.length; i += 1) {
      const hook = hooks[i];
      if (hook?.feasibleNode !== undefined && !hook.feasibleNode(this.#class, node)) return -Infinity;
      if (hook?.scoreNode !== undefined) score += hook.scoreNode(this.#class, node);
    }
    return score;
  }

  #update(node: number): void {
    const scores = this.#scores;
    const winners = this.#winners;
    const score = this.#scoreOf(node);
    if (score === scores[node]) return;
    scores[node] = score;
    for (let at = (node + this.#width) >>> 1; at >= 1; at >>>= 1) {
      const left = winners[2 * at] ?? 0;
      const right = winners[2 * at + 1] ?? 0;
      winners[at] = (scores[left] ?? 0) >= (scores[right] ?? 0) ? left : right;
    }
  }
}
