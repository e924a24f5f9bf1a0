import { Bitset } from '../../lib/bitset.ts';
import { dropOldest } from '../../lib/drop-oldest.ts';
import type { PluginHooks } from '../framework/plugin.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { TaskClass } from '../model/task-class.ts';
import { MOST_SCORES, mostKept } from './most-kept.ts';

/** What follows from what nodes are: which of them a class may use at all, and how well each suits it. */
export interface FeatureView {
  readonly mask: Bitset;
  readonly base: Float64Array;
  /** Grows whenever the two change: what was made from them is made anew. */
  readonly revision: number;
}

interface Entry extends FeatureView {
  mask: Bitset;
  base: Float64Array;
  revision: number;
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
    const known = this.#views.get(taskClass.featureKey);
    if (known === undefined) {
      const made = this.#read(taskClass);
      if (this.#views.size >= mostKept(this.#snapshot.nodes.count, this.#mostScores)) dropOldest(this.#views);
      this.#views.set(taskClass.featureKey, made);
      return made;
    }
    if (known.readVersion !== this.#snapshot.featuresVersion) this.#refresh(known, taskClass);
    return known;
  }

  get size(): number {
    return this.#views.size;
  }

  /** Drops all views but those of the given keys. */
  retain(keys: ReadonlySet<string>): void {
    for (const key of this.#views.keys()) if (!keys.has(key)) this.#views.delete(key);
  }

  #refresh(known: Entry, taskClass: TaskClass): void {
    const fresh = this.#read(taskClass);
    known.readVersion = fresh.readVersion;
    if (known.mask.equals(fresh.mask) && isSame(known.base, fresh.base)) return;
    known.mask = fresh.mask;
    known.base = fresh.base;
    known.revision = fresh.revision;
  }

  #read(taskClass: TaskClass): Entry {
    const { nodes, featuresVersion } = this.#snapshot;
    const mask = new Bitset(nodes.count);
    mask.fill(nodes.count);
    const base = new Float64Array(nodes.count);
    for (const hook of this.#hooks) {
      hook.feasible?.(taskClass, mask);
      hook.score?.(taskClass, base);
    }
    this.#revisions += 1;
    return { mask, base, revision: this.#revisions, readVersion: featuresVersion };
  }
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false;
  return true;
}
