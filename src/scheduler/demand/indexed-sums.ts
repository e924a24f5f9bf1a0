import type { IndexedAmounts } from '../model/task-class.ts';

export const NOTHING: IndexedAmounts = { resources: [], amounts: [] };

/** So many times; taken off where that is below zero. */
export function addTo(to: number[], { resources, amounts }: IndexedAmounts, times: number): void {
  for (let i = 0; i < resources.length; i += 1) {
    const r = resources[i] ?? 0;
    while (to.length <= r) to.push(0);
    to[r] = (to[r] ?? 0) + times * (amounts[i] ?? 0);
  }
}

export function addVector(to: number[], amounts: readonly number[]): void {
  for (let r = 0; r < amounts.length; r += 1) {
    const amount = amounts[r] ?? 0;
    if (amount === 0) continue;
    while (to.length <= r) to.push(0);
    to[r] = (to[r] ?? 0) + amount;
  }
}

export function isNothing({ resources }: IndexedAmounts): boolean {
  return resources.length === 0;
}

/** Names beyond are used no more, so that nothing of them is left in the sums. */
export function shorten(vectors: readonly number[][], length: number): void {
  for (const sums of vectors) if (sums.length > length) sums.length = length;
}

export function withoutZeros(vector: readonly number[]): IndexedAmounts {
  const resources: number[] = [];
  vector.forEach((amount, r) => isSome(amount) && resources.push(r));
  return { resources, amounts: resources.map((r) => vector[r] ?? 0) };
}

function isSome(amount: number): boolean {
  return amount !== 0;
}
