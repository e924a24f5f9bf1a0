import { Holdings } from './holdings.ts';
import type { Totals } from './holdings.ts';

/** Whose jobs count together, in whatever queues they are. */
export class Tenant {
  /** At least 1. */
  weight = 1;
  /** What all of its jobs hold; moves with them. */
  readonly holdings = new Holdings();

  /** The dominant part of the cluster that it holds, by its weight. */
  share(totals: Totals): number {
    return this.holdings.share(totals) / this.weight;
  }
}
