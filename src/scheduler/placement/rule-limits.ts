import type { PodRules, SpreadRule } from '../../api/records/pod-rules.ts';
import type { DomainCounts } from '../ledger/domain-counts.ts';
import type { RuleCounts } from '../ledger/pod-rule-ledger.ts';
import { NOWHERE } from './topology.ts';

/**
 * How many like pods the empty cluster could hold at most under their own rules about each other, `rooms` being how many each
 * node has room for. Each rule is taken for itself: the true number may be less, never more. O(nodes x rules).
 */
export function placesUnderRules(
  { affinity, antiAffinity, spread }: PodRules,
  counts: RuleCounts,
  rooms: number[],
): number {
  for (const { topology } of [...counts.affinity, ...counts.spread]) {
    topology?.domainOf.forEach((domain, node) => {
      if (domain === NOWHERE) rooms[node] = 0;
    });
  }
  const apart = antiAffinity.flatMap(({ isOwn }, i) => (isOwn ? (counts.antiAffinity[i] ?? []) : []));
  for (const { topology } of apart) {
    if (topology?.isLocal !== true) continue;
    topology.domainOf.forEach((domain, node) => {
      if (domain !== NOWHERE) rooms[node] = Math.min(rooms[node] ?? 0, 1);
    });
  }
  const isTogether = affinity.length > 0 && affinity.every(({ isOwn }) => isOwn);
  return Math.min(
    sum(rooms),
    ...apart.map((domains) => sum(byDomain(domains, rooms), (room) => Math.min(room, 1)) + outside(domains, rooms)),
    ...(isTogether ? counts.affinity : []).map((domains) => Math.max(0, ...byDomain(domains, rooms))),
    ...spread.map((rule, i) => evenPlaces(rule, counts.spread[i], rooms)),
  );
}

/** No domain holds more than the emptiest one and the skew. */
function evenPlaces(
  { maxSkew, minDomains, isOwn }: SpreadRule,
  domains: DomainCounts | undefined,
  rooms: number[],
): number {
  if (!isOwn || domains === undefined) return Infinity;
  const ofDomains = byDomain(domains, rooms);
  const least = ofDomains.length < minDomains ? 0 : Math.min(...ofDomains);
  return sum(ofDomains, (room) => Math.min(room, least + maxSkew));
}

function byDomain({ topology }: DomainCounts, rooms: readonly number[]): number[] {
  const ofDomains = Array.from({ length: topology?.size ?? 0 }, () => 0);
  topology?.domainOf.forEach((domain, node) => {
    if (domain !== NOWHERE) ofDomains[domain] = (ofDomains[domain] ?? 0) + (rooms[node] ?? 0);
  });
  return ofDomains;
}

function outside({ topology }: DomainCounts, rooms: readonly number[]): number {
  return sum(rooms.map((room, node) => (topology?.domainOf[node] === NOWHERE ? room : 0)));
}

function sum(numbers: readonly number[], of: (number: number) => number = (number) => number): number {
  return numbers.reduce((total, number) => total + of(number), 0);
}
