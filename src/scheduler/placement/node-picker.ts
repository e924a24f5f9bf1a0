import type { PluginHooks } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { FeatureView } from './feature-view.ts';
import type { FeatureViews } from './feature-views.ts';
import { Tournament } from './tournament.ts';

/** When more than this share of the nodes changed, a picker is built anew: that goes over the nodes in order. */
const REPLAY_SHARE = 0.25;
const LEAST_REPLAY = 16;

/**
 * The best node for one class at any time: a tournament of the nodes' scores, brought up to date when it is asked.
 * Best in O(1), one changed node in O(log nodes + plugins), built in O(nodes x plugins). The lower name wins ties.
 */
export class NodePicker {
  readonly #class: TaskClass;
  readonly #hooks: readonly PluginHooks[];
  readonly #snapshot: Snapshot;
  readonly #views: FeatureViews;
  /** Nodes that the class may use by their features alone, and the part of the score that depends on those. */
  #view: FeatureView;
  #revision = -1;
  #featuresVersion = -1;
  #nodesVersion = -1;
  #tournament = new Tournament(0);
  #syncedTo = 0;

  constructor(taskClass: TaskClass, hooks: readonly PluginHooks[], snapshot: Snapshot, views: FeatureViews) {
    this.#class = taskClass;
    this.#hooks = hooks;
    this.#snapshot = snapshot;
    this.#views = views;
    this.#view = views.of(taskClass);
  }

  /** Index of the best node that the class fits on now, or -1. */
  best(): number {
    const snapshot = this.#snapshot;
    if (this.#featuresVersion !== snapshot.featuresVersion) this.#readFeatures();
    if (this.#syncedTo !== snapshot.recency.now) this.#replay();
    return this.#tournament.best();
  }

  /** Whether the class may use the node at all, whatever is free there. */
  allows(index: number): boolean {
    return this.#views.of(this.#class).mask.has(index);
  }

  /** Everything is made anew when what nodes are makes a difference to the class. */
  #readFeatures(): void {
    const { featuresVersion, nodesVersion } = this.#snapshot;
    this.#view = this.#views.of(this.#class);
    this.#featuresVersion = featuresVersion;
    if (this.#revision === this.#view.revision && this.#nodesVersion === nodesVersion) return;
    this.#revision = this.#view.revision;
    this.#nodesVersion = nodesVersion;
    this.#rebuild();
  }

  /** Nodes that changed since the last look, newest first. */
  #replay(): void {
    const { recency, nodes } = this.#snapshot;
    const syncedTo = this.#syncedTo;
    let left = Math.max(LEAST_REPLAY, nodes.count * REPLAY_SHARE);
    for (let node = recency.newest; node >= 0 && recency.changedAt(node) > syncedTo; node = recency.olderThan(node)) {
      if (left <= 0) {
        this.#rebuild();
        return;
      }
      left -= 1;
      this.#tournament.set(node, this.#scoreOf(node));
    }
    this.#syncedTo = recency.now;
  }

  /** Neighbours with equal amounts, as most of a fresh cluster are, are asked about once. */
  #rebuild(): void {
    const { nodes, recency } = this.#snapshot;
    const { count } = nodes;
    if (this.#tournament.size !== count) this.#tournament = new Tournament(count);
    const tournament = this.#tournament;
    tournament.clear();
    const mayShare = this.#class.shape.hostPorts.length === 0;
    for (let n = 0; n < count;) {
      const end = mayShare ? this.#view.endOfAlike(n, nodes.endOfTwins(n)) : n + 1;
      tournament.fill(n, end, this.#scoreOf(n));
      n = end;
    }
    tournament.finish();
    this.#syncedTo = recency.now;
  }

  #scoreOf(node: number): number {
    if (!this.#view.mask.has(node)) return -Infinity;
    const hooks = this.#hooks;
    let score = this.#view.base[node] ?? 0;
    for (let i = 0; i < hooks.length; i += 1) {
      const hook = hooks[i];
      if (hook?.feasibleNode !== undefined && !hook.feasibleNode(this.#class, node)) return -Infinity;
      if (hook?.scoreNode !== undefined) score += hook.scoreNode(this.#class, node);
    }
    return score;
  }
}
