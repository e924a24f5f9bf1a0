import type { CardWish } from '../../api/records/card-records.ts';
import { CPU_IX } from '../model/resource-table.ts';
import type { Task } from '../model/task.ts';

/** What many pods ask for, and which part of all pods they are. */
export interface TypicalPod {
  /** Of 1. */
  readonly weight: number;
  /** Thousandths. */
  readonly cpu: number;
  /** Absent for pods without cards. */
  readonly wish: CardWish | undefined;
}

/** Kinds are counted, the most frequent first, until they are so large a part of all pods. */
const COVERED = 0.95;
/** Each costs a look at every card of a node that changed. */
const MOST_KINDS = 64;

/** What the tasks ask for, by how many they are; other containers of a pod than the first that asks for cards are left out. O(tasks). */
export function typicalPods(tasks: Iterable<Task>): readonly TypicalPod[] {
  const counts = new Map<string, { readonly cpu: number; readonly wish: CardWish | undefined; count: number }>();
  let all = 0;
  for (const { class: taskClass, record } of tasks) {
    const cpu = taskClass.amountOf(CPU_IX);
    const wish = record.cards?.wish;
    const key = `${cpu} ${wish?.key ?? ''}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { cpu, wish, count: 1 });
    else known.count += 1;
    all += 1;
  }
  const frequent = [...counts].toSorted(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1)).slice(0, MOST_KINDS);
  const kept: { readonly cpu: number; readonly wish: CardWish | undefined; readonly count: number }[] = [];
  let covered = 0;
  for (const [, kind] of frequent) {
    if (covered >= COVERED * all) break;
    kept.push(kind);
    covered += kind.count;
  }
  return kept.map(({ cpu, wish, count }) => ({ cpu, wish, weight: count / covered }));
}
