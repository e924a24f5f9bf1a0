import { member, objectAt } from '../../lib/json.ts';
import type { JsonObject } from '../../lib/json.ts';
import type { PodWishes, WishTerm } from '../records/pod-rules.ts';
import { objects, text, whole } from './metadata.ts';
import { isHard, spreadRule, termSelection } from './pod-rules.ts';
import type { RuleOwner } from './pod-rules.ts';

/** What a pod spec would like of its place because of other pods; undefined for most pods. */
export function readPodWishes(spec: JsonObject, owner: RuleOwner): PodWishes | undefined {
  const affinity = member(spec, 'affinity');
  if (affinity === undefined && member(spec, 'topologySpreadConstraints') === undefined) return undefined;
  const wishes = {
    terms: [
      ...terms(member(affinity, 'podAffinity'), owner, 1),
      ...terms(member(affinity, 'podAntiAffinity'), owner, -1),
    ],
    spread: objects(spec, 'topologySpreadConstraints')
      .filter((raw) => !isHard(raw))
      .map((raw) => spreadRule(raw, owner)),
  };
  return wishes.terms.length + wishes.spread.length === 0 ? undefined : wishes;
}

function terms(affinity: unknown, owner: RuleOwner, sign: 1 | -1): readonly WishTerm[] {
  if (affinity === undefined) return [];
  return objects(affinity, 'preferredDuringSchedulingIgnoredDuringExecution').flatMap((raw) => {
    const term = objectAt(raw, 'podAffinityTerm');
    const weight = Math.min(MOST_WEIGHT, whole(raw, 'weight', 0));
    if (weight <= 0) return [];
    return [{ topologyKey: text(term, 'topologyKey'), ...termSelection(term, owner), weight: sign * weight }];
  });
}

/** That of the API. */
const MOST_WEIGHT = 100;
