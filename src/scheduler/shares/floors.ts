import type { Share } from './share.ts';

/**
 * What queues declare that they deserve, as far as they ask for it, comes before anything goes by weight: out of what
 * guarantees leave, and in equal parts of it where it is more than that. O(resources x queues).
 */
export function setFloors(total: Float64Array, shares: readonly Share[]): void {
  for (let r = 0; r < total.length; r += 1) {
    let guaranteed = 0;
    let wanted = 0;
    for (const share of shares) {
      guaranteed += share.guarantee[r] ?? 0;
      wanted += beyondGuarantee(share, r);
    }
    const part = wanted === 0 ? 0 : Math.min(1, Math.max(0, (total[r] ?? 0) - guaranteed) / wanted);
    for (const share of shares) share.floor[r] = (share.guarantee[r] ?? 0) + part * beyondGuarantee(share, r);
  }
}

function beyondGuarantee({ declared, guarantee, request }: Share, r: number): number {
  return Math.max(0, Math.min(declared[r] ?? 0, request[r] ?? 0) - (guarantee[r] ?? 0));
}
