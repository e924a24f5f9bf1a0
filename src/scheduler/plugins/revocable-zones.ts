import { REVOCABLE_ZONE_KEY } from '../../api/keys.ts';
import type { Bitset } from '../../lib/bitset.ts';
import { isWithinHours, nextChangeMs } from '../../lib/daily-hours.ts';
import type { DailyHours } from '../../lib/daily-hours.ts';
import type { NodeIndex } from '../placement/node-index.ts';

/** Which nodes belong to which revocable zone, and which zones are open now. */
export class RevocableZones {
  readonly #index: NodeIndex;
  readonly #hours: ReadonlyMap<string, DailyHours>;
  #open: readonly string[] = [];

  constructor(index: NodeIndex, hours: ReadonlyMap<string, DailyHours>) {
    this.#index = index;
    this.#hours = hours;
  }

  /** Names of the zones that are open, by name. */
  get open(): readonly string[] {
    return this.#open;
  }

  /** The time goes on. */
  tell(nowMs: number): void {
    this.#open = [...this.#hours]
      .filter(([, hours]) => isWithinHours(hours, nowMs))
      .map(([name]) => name)
      .toSorted();
  }

  /** Names of the zones that nodes name. */
  names(): readonly string[] {
    return [...this.#index.valuesOf(REVOCABLE_ZONE_KEY)].filter((name) => name !== '');
  }

  nodesOf(zones: readonly string[]): Bitset {
    const nodes = this.#index.none();
    for (const zone of zones) nodes.union(this.#index.withLabel(REVOCABLE_ZONE_KEY, zone));
    return nodes;
  }

  /** Nodes of zones but those; a zone without hours is one of them. */
  nodesBut(zones: readonly string[]): Bitset {
    const nodes = this.#index.withAnyLabel(REVOCABLE_ZONE_KEY);
    nodes.subtract(this.nodesOf(['', ...zones]));
    return nodes;
  }

  /** When a zone that nodes name opens or closes next. */
  nextChangeMs(nowMs: number): number | undefined {
    const changes = this.names().flatMap((name) => {
      const hours = this.#hours.get(name);
      return hours === undefined ? [] : (nextChangeMs(hours, nowMs) ?? []);
    });
    return changes.length === 0 ? undefined : Math.min(...changes);
  }

  /** When the zone is open, for people. */
  inWords(zone: string): string {
    const hours = this.#hours.get(zone);
    return hours === undefined ? `${zone}, which has no hours` : `${zone}, which is open ${hours.text} UTC`;
  }
}
