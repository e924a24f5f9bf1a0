import { Bitset } from '../../lib/bitset.ts';
import { dropOldest } from '../../lib/drop-oldest.ts';
import type { PluginHooks } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { TaskClass } from '../model/task-class.ts';
import { FeatureView } from './feature-view.ts';
import { MOST_SCORES, mostKept } from './most-kept.ts';

interface Entry {
  view: FeatureView;
  readVersion: number;
}

/**
 * One view for all classes with the same selector, affinity and tolerations, whatever they ask for. Labels and taints that
 * make no difference to a view leave it as it is.
 */
export class FeatureViews {
  readonly #snapshot: Snapshot;
  readonly #hooks: readonly PluginHooks[];
  readonly #mostScores: number;
  readonly #views = new Map<string, Entry>();
  #revisions = 0;

  constructor(snapshot: Snapshot, hooks: readonly PluginHooks[], mostScores = MOST_SCORES) {
    this.#snapshot = snapshot;
    this.#hooks = hooks;
    this.#mostScores = mostScores;
  }

  /** O(1) while no node changed its features, else O(nodes x plugins) once for each view. */
  of(taskClass: TaskClass): FeatureView {
    const { featuresVersion, nodes } = this.#snapshot;
    const known = this.#views.get(taskClass.featureKey);
    if (known === undefined) {
      const view = this.#read(taskClass);
      if (this.#views.size >= mostKept(nodes.count, this.#mostScores)) dropOldest(this.#views);
      this.#views.set(taskClass.featureKey, { view, readVersion: featuresVersion });
      return view;
    }
    if (known.readVersion !== featuresVersion) {
      const view = this.#read(taskClass);
      known.readVersion = featuresVersion;
      if (!known.view.equals(view)) known.view = view;
    }
    return known.view;
  }

  get size(): number {
    return this.#views.size;
  }

  /** Drops all views but those of the given keys. */
  retain(keys: ReadonlySet<string>): void {
    for (const key of this.#views.keys()) if (!keys.has(key)) this.#views.delete(key);
  }

  #read(taskClass: TaskClass): FeatureView {
    const { nodes } = this.#snapshot;
    const mask = new Bitset(nodes.count);
    mask.fill(nodes.count);
    const base = new Float64Array(nodes.count);
    for (const hook of this.#hooks) hook.feasible?.(taskClass, mask);
    for (const hook of this.#hooks) hook.score?.(taskClass, base, mask);
    this.#revisions += 1;
    return new FeatureView(mask, base, this.#revisions);
  }
}
