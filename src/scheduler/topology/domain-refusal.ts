import type { NetworkRule } from '../../api/records/network-rule.ts';
import type { Refusal } from '../model/refusal.ts';
import { poolOf, roomingsOf, takes } from './candidates.ts';
import type { Network, Roomings } from './candidates.ts';
import type { Domain } from './domain.ts';
import type { DomainTree } from './domain-tree.ts';
import { limitInWords } from './tier-limit.ts';
import type { Unit } from './unit.ts';

/** What is written of the network does not have what the rule names. */
export function unknownTier(rule: NetworkRule, tree: DomainTree): Refusal {
  const there =
    tree.tiers.length === 0
      ? 'there is no HyperNode'
      : `there are ${tree.tiers.map((tier) => tree.tierInWords(tier)).join(', ')}`;
  return {
    code: 'NoSuchTier',
    message: `its pods have to be within ${limitInWords(rule, tree)} of the network, and ${there}.`,
  };
}

/** A search that found nothing. */
interface Vain {
  readonly unit: Unit;
  readonly limit: number;
  readonly within: Domain;
  /** What was said in the first domain that was tried. */
  readonly tried: Refusal | undefined;
}

/**
 * Why no domain up to the limit has room for the unit, tier by tier; where some have by their amounts, why these did not do.
 * O(nodes x classes + domains x classes).
 */
export function noDomainFits({ unit, limit, within, tried }: Vain, network: Network): Refusal {
  const { tree } = network;
  const bound = `within ${limitInWords(unit.rule, tree)} of the network`;
  const stay = tree.common(unit.nodes);
  const pool = poolOf(unit, limit, within, tree);
  if (stay !== undefined && pool.length === 0) {
    const message = `its pods have to be ${bound}, and those that run are not: they are spread over ${inWords(stay)}.`;
    return { code: 'NoDomainFits', message };
  }
  const empty = roomingsOf(unit, 'empty', network);
  const later = roomingsOf(unit, 'later', network);
  if (tried !== undefined && pool.some((domain) => takes(later, domain) >= unit.need)) {
    return { code: tried.code, message: `${tried.message} So it is ${bound}, where its pods have to be.` };
  }
  const told = [...Map.groupBy(pool, ({ tier }) => tier)]
    .toSorted(([a], [b]) => a - b)
    .map(([tier, domains]) => ofTier(tree.tierInWords(tier), domains, later, empty));
  const isNever = pool.every((domain) => takes(empty, domain) < unit.need);
  const place = stay === undefined ? bound : `${bound}, beside those that run in ${inWords(stay)}`;
  const message = `its pods have to be ${place}, and ${unit.need} must find room together: ${told.join('; ')}.`;
  if (!isNever) return { code: 'NoDomainFits', message };
  return { code: 'NeverFits', message: `${message} That stays so until the pods, the tier or the nodes change.` };
}

function ofTier(tier: string, domains: readonly Domain[], later: Roomings, empty: Roomings): string {
  const most = (roomings: Roomings): number => Math.max(...domains.map((domain) => takes(roomings, domain)));
  const room = `room for ${most(later)} of them, and ${most(empty)} if nothing ran there`;
  const [only] = domains;
  if (domains.length === 1 && only !== undefined) return `${inWords(only)} of ${tier} has ${room}`;
  return `none of the ${domains.length} of ${tier} has more than ${room}`;
}

function inWords({ name }: Domain): string {
  return name === '' ? 'the whole cluster' : name;
}
