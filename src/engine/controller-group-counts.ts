import { DEFAULT_QUEUE } from '../api/keys.ts';
import type { PodGroupRecord } from '../api/records/pod-group-record.ts';
import { countOf, NO_GROUPS } from '../controllers/queue/group-counts.ts';
import type { GroupCounts } from '../controllers/queue/group-counts.ts';

/** PodGroups of each queue by phase, kept step by step: O(1) per change of a group. */
export class ControllerGroupCounts {
  readonly #byQueue = new Map<string, Record<keyof GroupCounts, number>>();

  /** The queues whose counts changed. */
  move(before: PodGroupRecord | undefined, after: PodGroupRecord | undefined): readonly string[] {
    const from = before === undefined ? undefined : placeOf(before);
    const to = after === undefined ? undefined : placeOf(after);
    if (from?.queue === to?.queue && from?.count === to?.count) return [];
    if (from !== undefined) this.#add(from.queue, from.count, -1);
    if (to !== undefined) this.#add(to.queue, to.count, 1);
    return [...new Set([from?.queue, to?.queue])].filter((queue) => queue !== undefined);
  }

  /** A copy, since the counts go on changing. */
  of(queue: string): GroupCounts {
    return { ...(this.#byQueue.get(queue) ?? NO_GROUPS) };
  }

  #add(queue: string, count: keyof GroupCounts, by: number): void {
    const counts = this.#byQueue.get(queue) ?? { ...NO_GROUPS };
    counts[count] += by;
    if (Object.values(counts).every((value) => value === 0)) this.#byQueue.delete(queue);
    else this.#byQueue.set(queue, counts);
  }
}

function placeOf(group: PodGroupRecord): { readonly queue: string; readonly count: keyof GroupCounts } {
  return { queue: group.queue === '' ? DEFAULT_QUEUE : group.queue, count: countOf(group.phase) };
}
