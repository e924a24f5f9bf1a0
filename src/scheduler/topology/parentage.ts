import type { DomainSource } from './domain.ts';

/** Who lies in whom, each in one at most, and what of the sources could not be kept so. */
export interface Parentage {
  /** Sources, lowest tier first, then by name. */
  readonly sources: readonly DomainSource[];
  /** By name of the inner one. */
  readonly parentOf: ReadonlyMap<string, DomainSource>;
  /** By index of the node. */
  readonly holderOf: ReadonlyMap<number, DomainSource>;
  readonly troubles: readonly string[];
}

/**
 * What several claim is left to the lowest of them, then to the first by name; one that lies in another has a lower tier, so
 * that nothing lies in itself. Claims by one that lies further up are no trouble: what is in its parts is in it.
 * O(members x tiers).
 */
export function readParentage(written: Iterable<DomainSource>): Parentage {
  const sources = [...written].sort((a, b) => a.tier - b.tier || (a.name < b.name ? -1 : 1));
  const byName = new Map(sources.map((source) => [source.name, source]));
  const parentOf = new Map<string, DomainSource>();
  const holderOf = new Map<number, DomainSource>();
  const lost: (readonly [claim: DomainSource, name: string, kept: DomainSource])[] = [];
  const troubles: string[] = [];
  for (const source of sources) {
    for (const name of source.children) {
      const child = byName.get(name);
      if (child === undefined || child === source) continue;
      const parent = parentOf.get(name);
      if (child.tier >= source.tier) {
        troubles.push(`${name} (tier ${child.tier}) cannot lie in ${source.name} (tier ${source.tier})`);
      } else if (parent === undefined) parentOf.set(name, source);
      else if (parent !== source) lost.push([source, name, parent]);
    }
    for (const node of source.nodes) if (!holderOf.has(node)) holderOf.set(node, source);
  }
  const liesIn = (inner: DomainSource | undefined, outer: DomainSource): boolean => {
    for (let at = inner; at !== undefined; at = parentOf.get(at.name)) if (at === outer) return true;
    return false;
  };
  for (const [claim, name, kept] of lost) {
    if (!liesIn(kept, claim)) troubles.push(`${name} lies in ${kept.name}, and not in ${claim.name} as well`);
  }
  for (const source of sources) {
    const others = source.nodes.filter((node) => !liesIn(holderOf.get(node), source));
    const [first] = others;
    if (first === undefined) continue;
    const holder = holderOf.get(first)?.name ?? '';
    troubles.push(`${others.length} nodes of ${source.name} count for others that name them, such as ${holder}`);
  }
  return { sources, parentOf, holderOf, troubles };
}
