import { REASONS } from '../../api/reasons.ts';
import type { Task } from '../model/task.ts';
import type { PluginHooks } from './plugin.ts';

/** Which running tasks plugins want elsewhere. */
export class ShuffleVotes {
  readonly #tiers: readonly (readonly PluginHooks[])[];

  constructor(tiers: readonly (readonly PluginHooks[])[]) {
    this.#tiers = tiers
      .map((tier) => tier.filter(({ victimTasksFn }) => victimTasksFn !== undefined))
      .filter((tier) => tier.length > 0);
  }

  /** Somebody has to be asked in this cycle. */
  isDue(): boolean {
    return this.#tiers.some((tier) => tier.some(({ isShuffleDueFn }) => isShuffleDueFn?.() !== false));
  }

  /** All whom plugins of the first tier that names anybody name, and what each is told: the word of the first that names it. */
  named(running: readonly Task[]): ReadonlyMap<Task, string> {
    const named = new Map<Task, string>();
    for (const tier of this.#tiers) {
      for (const { victimTasksFn, victimReasonFn } of tier) {
        for (const task of victimTasksFn?.(running) ?? []) {
          if (!named.has(task)) named.set(task, victimReasonFn?.(task) ?? REASONS.Shuffled);
        }
      }
      if (named.size > 0) break;
    }
    return named;
  }
}
