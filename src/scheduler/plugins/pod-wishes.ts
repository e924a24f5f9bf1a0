import type { PluginHooks } from '../framework/plugin.ts';
import type { LabelledPods } from '../ledger/labelled-pods.ts';
import type { Snapshot } from '../ledger/snapshot.ts';
import type { TaskClass } from '../model/task-class.ts';
import type { Task } from '../model/task.ts';
import { ClassContexts } from '../placement/class-contexts.ts';
import { WishContext } from '../placement/wish-context.ts';
import type { WishedCounts, WishWeights } from '../placement/wish-scores.ts';

/**
 * Preferred affinity and anti-affinity between pods, what pods that stand already say for or against others beside them,
 * and topology spread that may be broken.
 */
export function podWishHooks(snapshot: Snapshot, weights: WishWeights): PluginHooks {
  if (weights.affinity === 0 && weights.spread === 0) return {};
  const contexts = new WishContexts(snapshot, weights);
  return { wishFn: (task) => contexts.of(task), onSessionOpen: () => contexts.open() };
}

class WishContexts {
  readonly #snapshot: Snapshot;
  readonly #weights: WishWeights;
  readonly #known = new ClassContexts<WishContext>('wishes');

  constructor(snapshot: Snapshot, weights: WishWeights) {
    this.#snapshot = snapshot;
    this.#weights = weights;
  }

  open(): void {
    this.#known.open();
  }

  of({ class: taskClass, record }: Task): WishContext | undefined {
    const { podRules } = this.#snapshot;
    if (podRules.isEmpty) return undefined;
    const pods = podRules.labelledAs(record);
    if (!this.#areScored(taskClass, pods)) return undefined;
    const { name } = pods.wishing;
    return this.#known.of(taskClass, name, (key) => new WishContext(key, this.#wished(taskClass, pods), this.#weights));
  }

  #areScored({ shape: { wishes } }: TaskClass, { wishing }: LabelledPods): boolean {
    const { affinity, spread } = this.#weights;
    if (wishes === undefined) return affinity > 0 && wishing.terms.length > 0;
    return (affinity > 0 && wishes.terms.length + wishing.terms.length > 0) || (spread > 0 && wishes.spread.length > 0);
  }

  #wished(taskClass: TaskClass, { wishing }: LabelledPods): WishedCounts {
    const { affinity, spread } = this.#weights;
    const counts = this.#snapshot.podRules.wishesOf(taskClass);
    const rules = taskClass.shape.wishes?.spread ?? [];
    const spreads = (counts?.spread ?? []).map((domains, i) => ({ domains, maxSkew: rules[i]?.maxSkew ?? 1 }));
    // Terms of pods that stand count their own weights.
    const said = wishing.terms.map(({ domains }) => ({ domains, weight: 1 }));
    return { near: affinity > 0 ? [...(counts?.terms ?? []), ...said] : [], spread: spread > 0 ? spreads : [] };
  }
}
