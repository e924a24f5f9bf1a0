import { MIG_MODE } from '../../api/cards/card-resources.ts';
import type { KnownGeometries, MigGeometry } from '../../api/cards/mig-geometries.ts';
import type { CardRecord, NodeCards } from '../../api/records/card-records.ts';

const NOTHING_KNOWN: KnownGeometries = { source: 'configuration', models: undefined };
const NO_GEOMETRIES: readonly MigGeometry[] = [];

/** The hardware cuts the node's cards. */
export function isCut({ mode }: NodeCards): boolean {
  return mode === MIG_MODE;
}

/** The cards of nodes, with the ways in which the hardware may cut them. */
export class CutCards {
  #known = NOTHING_KNOWN;
  #cut = new WeakMap<NodeCards, NodeCards>();

  learn(known: KnownGeometries): void {
    this.#known = known;
    this.#cut = new WeakMap();
  }

  of(cards: NodeCards): NodeCards {
    if (!isCut(cards)) return cards;
    let cut = this.#cut.get(cards);
    if (cut === undefined)
      this.#cut.set(cards, (cut = { ...cards, cards: cards.cards.map((card) => this.#with(card)) }));
    return cut;
  }

  /** Why nobody knows how some card is cut, in words. */
  get gap(): string {
    const { source, models } = this.#known;
    return models === undefined ? `no ${source} says how` : `${source} names no geometry for their model`;
  }

  #with(card: CardRecord): CardRecord {
    const { models = [] } = this.#known;
    const known = models.find((each) => each.models.some((model) => card.type.includes(model.toUpperCase())));
    return { ...card, geometries: known?.geometries ?? NO_GEOMETRIES };
  }
}
