import { DEFAULT_QUEUE } from '../../api/keys.ts';
import type { PodGroupRecord } from '../../api/records/pod-group-record.ts';
import { countOf, NO_GROUPS } from '../../controllers/queue/group-counts.ts';
import type { GroupCounts } from '../../controllers/queue/group-counts.ts';

/** PodGroups of each queue by phase, kept step by step: O(1) per change of a group. */
export class ControllerGroupCounts {
  readonly #byQueue = new Map<string, Record<keyof GroupCounts, number>>();

  /** The queues whose counts changed. */
  move(before: PodGroupRecord | undefined, after: PodGroupRecord | undefined): readonly string[] {
    if (before?.queue === after?.queue && fieldOf(before) === fieldOf(after)) return [];
    const moves = [this.#add(before, -1), this.#add(after, 1)];
    return [...new Set(moves)].filter((queue) => queue !== undefined);
  }

  /** A copy, since the counts go on changing. */
  of(queue: string): GroupCounts {
    return { ...(this.#byQueue.get(queue) ?? NO_GROUPS) };
  }

  #add(group: PodGroupRecord | undefined, by: number): string | undefined {
    const field = fieldOf(group);
    if (group === undefined || field === undefined) return undefined;
    const queue = group.queue === '' ? DEFAULT_QUEUE : group.queue;
    const counts = this.#byQueue.get(queue) ?? { ...NO_GROUPS };
    counts[field] += by;
    if (Object.values(counts).every((value) => value === 0)) this.#byQueue.delete(queue);
    else this.#byQueue.set(queue, counts);
    return queue;
  }
}

function fieldOf(group: PodGroupRecord | undefined): keyof GroupCounts | undefined {
  return group === undefined ? undefined : countOf(group.phase, group.rootState);
}
