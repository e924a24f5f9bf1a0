import { POD_GROUPS } from '../api/resources.ts';
import type { Effect } from '../controllers/effect.ts';
import { memberAt } from '../lib/json.ts';
import type { Refusal } from '../scheduler/model/refusal.ts';

/**
 * Groups that a controller is about to let ask for more members than they do: what they were made for was scaled up, or its next stage
 * opens. Pods of the new size may come before the group says so, and would start one by one, each as one beyond the minimum.
 */
export class GrowingGroups {
  /** By `namespace/name`: the minimum that it is to have. */
  readonly #wanted = new Map<string, number>();

  /** What it was made for says so from now on; the look at it is still to come, and may find that fewer are possible. */
  planned(key: string, minMember: number): void {
    this.#wanted.set(key, minMember);
  }

  /** What a look at the group came to. */
  looked(key: string, effects: readonly Effect[]): void {
    const wanted = effects.map(minMemberOf).find((min) => min !== undefined);
    if (wanted === undefined) this.forget(key);
    else this.#wanted.set(key, wanted);
  }

  /** Nobody plans it any more. */
  forget(key: string): void {
    this.#wanted.delete(key);
  }

  /** Why those get nothing yet that as they are seen still ask for less; who asks for enough, or is gone, is forgotten. */
  refusals(minMemberSeen: (key: string) => number | undefined): ReadonlyMap<string, Refusal> {
    const refusals = new Map<string, Refusal>();
    for (const [key, wanted] of this.#wanted) {
      if ((minMemberSeen(key) ?? Infinity) >= wanted) this.#wanted.delete(key);
      else refusals.set(key, refusal(key, wanted));
    }
    return refusals;
  }
}

function minMemberOf(effect: Effect): number | undefined {
  if (effect.kind !== 'patch' || effect.type !== POD_GROUPS) return undefined;
  const min = memberAt(effect.body, 'spec', 'minMember');
  return typeof min === 'number' ? min : undefined;
}

function refusal(key: string, wanted: number): Refusal {
  const message = `PodGroup ${key} is about to ask for ${wanted} members: none of them starts before it does.`;
  return { code: 'GroupGrows', message };
}
