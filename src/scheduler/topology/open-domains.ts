import type { PlacementContext } from '../framework/plugin.ts';
import { holds } from './domain.ts';
import type { Domain } from './domain.ts';
import type { DomainTree } from './domain-tree.ts';

/** Whom a domain is open to: the whole job whose turn it is, or the part of it that is being placed. */
export type Level = 'group' | 'part';

const NOTHING: readonly number[] = [];

/** Which domains are open now: one job is placed at a time. Where none is, its pods go nowhere. */
export class OpenDomains {
  readonly #open: Record<Level, Domain | undefined> = { group: undefined, part: undefined };
  #turns = 0;

  at(level: Level): Domain | undefined {
    return this.#open[level];
  }

  set(level: Level, domain: Domain | undefined): void {
    if (this.#open[level] === domain) return;
    this.#open[level] = domain;
    this.#turns += 1;
  }

  /** How the pods that the level is about see the nodes. */
  context(level: Level, tree: DomainTree, revision: number): PlacementContext {
    return {
      key: `network ${revision} ${level}`,
      hooks: {},
      order: () => tree.order,
      ranges: () => {
        const open = this.#open[level];
        return open === undefined ? NOTHING : [open.first, open.end];
      },
      turns: () => this.#turns,
      allows: (node) => {
        const open = this.#open[level];
        return open !== undefined && holds(open, tree.placeOf(node));
      },
    };
  }
}
