import type { TierAccount } from '../framework/plugin.ts';
import { poolOf, roomingsOf, takes } from './candidates.ts';
import type { Network, Roomings } from './candidates.ts';
import type { Domain } from './domain.ts';
import type { Unit } from './unit.ts';

/** Tier by tier, from the lowest: how much of the unit finds room within one domain. O(nodes x classes + domains x classes). */
export function domainAccount(unit: Unit, limit: number, within: Domain, network: Network): readonly TierAccount[] {
  const { tree } = network;
  const [now, empty] = [roomingsOf(unit, 'now', network), roomingsOf(unit, 'empty', network)];
  return [...Map.groupBy(poolOf(unit, limit, within, tree), ({ tier }) => tier)]
    .toSorted(([a], [b]) => a - b)
    .flatMap(([tier, domains]) => {
      const best = bestOf(domains, now, empty);
      if (best === undefined) return [];
      return {
        tier: tree.tierInWords(tier),
        domains: domains.length,
        fitting: domains.filter((domain) => takes(now, domain) >= unit.need).length,
        fittingEmpty: domains.filter((domain) => takes(empty, domain) >= unit.need).length,
        best: best.name,
        fitNow: takes(now, best),
        fitEmpty: takes(empty, best),
        nodes: best.end - best.first,
        takingNodes: takingNodes(best, now),
      };
    });
}

function bestOf(domains: readonly Domain[], now: Roomings, empty: Roomings): Domain | undefined {
  const [best] = domains.toSorted((a, b) => takes(now, b) - takes(now, a) || takes(empty, b) - takes(empty, a));
  return best;
}

/** Nodes of the domain with room for one of the pods at least. */
function takingNodes({ first, end }: Domain, roomings: Roomings): number {
  let nodes = 0;
  for (let place = first; place < end; place += 1) {
    if (roomings.some(([rooming]) => rooming({ first: place, end: place + 1 }) > 0)) nodes += 1;
  }
  return nodes;
}
